import Diagnostics
package import Documents

/// Reading what a server sends. Its places mean nothing to a person, so that no value keeps one.
enum APIDocument {
    static let source = SourceFile("<server>")
}

extension Node {
    /// `metadata.name`, empty where there is none.
    package var objectName: String { value("metadata", "name")?.string ?? "" }
    package var objectNamespace: String? { value("metadata", "namespace")?.string }
    package var objectUID: String? { value("metadata", "uid")?.string }
    package var resourceVersion: String? { value("metadata", "resourceVersion")?.string }
    /// Whether it is being deleted, and waits for finalizers or for its grace period.
    package var isTerminating: Bool { value("metadata", "deletionTimestamp") != nil }
}
