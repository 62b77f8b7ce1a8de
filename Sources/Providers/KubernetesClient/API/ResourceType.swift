import HTTPTransport

/// One kind of object as a server serves it: where its requests go.
package struct ResourceType: Sendable, Hashable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    /// The segment of the path: `deployments`.
    package let plural: String
    package let isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `/apis/apps/v1/namespaces/synthdata/deployments/demo/scale`
    ///
    /// - Parameters:
    ///   - namespace: ignored for kinds of the whole cluster; nil means all namespaces.
    ///   - name: nil means the collection.
    package func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace { path += "/namespaces/\(HTTPURL.percentEncoded(namespace))" }
        path += "/\(plural)"
        if let name { path += "/\(HTTPURL.percentEncoded(name))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

extension ResourceType {
    // Kinds that every server has, so that asking for them needs no discovery.
    package static let namespace = core("Namespace", "namespaces", isNamespaced: false)
    package static let node = core("Node", "nodes", isNamespaced: false)
    package static let pod = core("Pod", "pods")
    package static let event = core("Event", "events")
    package static let secret = core("Secret", "secrets")
    package static let configMap = core("ConfigMap", "configmaps")
    package static let deployment = ResourceType(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments", isNamespaced: true)
    package static let replicaSet = ResourceType(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", isNamespaced: true)
    package static let lease = ResourceType(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases", isNamespaced: true)

    private static func core(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(group: "", version: "v1", kind: kind, plural: plural, isNamespaced: isNamespaced)
    }
}
