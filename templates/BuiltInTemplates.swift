package import EmbeddedFiles

/// The templates that every build carries: the shapes of the objects that a service is rendered to.
package enum BuiltInTemplates {
    /// Each file of this folder, by its path in it: `kubernetes/namespace.yaml`.
    package static let files = EmbeddedTree(sortedByPath: embeddedTree)
}
