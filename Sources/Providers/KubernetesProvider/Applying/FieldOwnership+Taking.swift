import Documents
import KubernetesClient
import ServiceModel

/// Fields that become ours alone.
///
/// An apply by force takes what differs. A field of the same value it shares, and whoever shares it stands in the way
/// of its next change: https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
extension FieldOwnership {
    private static let managers = NodePath(keys: ["metadata", "managedFields"])
    static let attempts = 5

    /// The fields of an object that shall be nobody else's.
    func taken(of object: DesiredObject) -> [NodePath] {
        taken.filter { $0.concerns(object.identity) }.flatMap { Self.leaves($0.path, of: object) }
    }

    static func leaves(_ path: NodePath, of object: DesiredObject) -> [NodePath] {
        object.manifest[path].map { leaves(of: $0, path) } ?? []
    }

    private static func leaves(of node: Node, _ path: NodePath) -> [NodePath] {
        switch node.content {
        case .mapping(let mapping): mapping.entries.flatMap { leaves(of: $0.value, path.appending($0.key)) }
        case .sequence(let items): items.enumerated().flatMap { leaves(of: $1, path.appending($0)) }
        default: [path]
        }
    }

    /// Strikes fields from what the server lists as set by others.
    ///
    /// - Parameter applied: the object as it was just answered.
    func taking(
        _ fields: [NodePath], of applied: Node, _ object: DesiredObject, _ api: KubernetesAPI
    ) async throws -> Node {
        let identity = object.identity
        var live = applied
        var backoff = Backoff()
        var attempt = 1
        while let managers = FieldManagers.taking(fields, in: object.manifest, of: live) {
            do {
                return try await api.set(Self.managers, of: live, to: managers, object.type)
            } catch let status as APIStatus where status.isOutdated && attempt < Self.attempts {
                // A controller has written the object meanwhile.
                attempt += 1
                try await Task.sleep(for: backoff.next())
                let now = try await api.get(object.type, namespace: identity.namespace, name: identity.name)
                guard let now else { return live }
                live = now
            }
        }
        return live
    }
}
