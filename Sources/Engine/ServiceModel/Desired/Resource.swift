public import Documents

/// One desired object: a Kubernetes object, a local service, later a cloud resource.
///
/// Every value of the manifest keeps the location that it was configured at, so that a change or a
/// failure can name the line behind it.
public struct Resource: Sendable {
    public struct Identity: Sendable, Hashable {
        public let apiVersion: String
        public let kind: String
        /// Nil for objects of the whole cluster.
        public let namespace: String?
        public let name: String

        public init(apiVersion: String, kind: String, namespace: String?, name: String) {
            self.apiVersion = apiVersion
            self.kind = kind
            self.namespace = namespace
            self.name = name
        }
    }

    public let identity: Identity
    public var manifest: Node

    /// Reads `apiVersion`, `kind` and `metadata` of a manifest; nil where it has none.
    public init?(manifest: Node) {
        guard let apiVersion = manifest["apiVersion"]?.string, let kind = manifest["kind"]?.string,
            let name = manifest["metadata"]?["name"]?.string
        else { return nil }
        identity = Identity(
            apiVersion: apiVersion, kind: kind, namespace: manifest["metadata"]?["namespace"]?.string, name: name)
        self.manifest = manifest
    }
}

extension Resource.Identity {
    /// Whether it is something of a cloud beside the cluster, and no Kubernetes object.
    public var isCloud: Bool { ["aws", "gcp", "azure"].contains { apiVersion.hasPrefix("\($0).synthdata.io/") } }
}

extension Resource.Identity: CustomStringConvertible {
    /// `Deployment/synthdata/demo`, or `Namespace/synthdata`.
    public var description: String {
        [kind, namespace, name].compactMap(\.self).joined(separator: "/")
    }
}
