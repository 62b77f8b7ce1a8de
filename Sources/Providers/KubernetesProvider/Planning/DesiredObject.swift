import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// One object that should be, as this server takes it.
struct DesiredObject: Sendable {
    let identity: Resource.Identity
    let type: ResourceType
    /// With the version of ``type``; every value at the line that configured it.
    private(set) var manifest: Node

    /// The same object without one field.
    func without(_ path: NodePath) -> DesiredObject {
        var object = self
        object.manifest = manifest.removing(path.steps[...])
        return object
    }

    init(_ resource: Resource, as type: ResourceType) {
        self.type = type
        var manifest = resource.manifest
        if resource.identity.apiVersion != type.apiVersion, var fields = manifest.mapping {
            fields["apiVersion"] = .string(type.apiVersion, at: manifest["apiVersion"]?.location ?? .unknown)
            manifest.content = .mapping(fields)
        }
        self.manifest = manifest
        identity = Resource.Identity(
            apiVersion: type.apiVersion, kind: type.kind,
            namespace: type.isNamespaced ? resource.identity.namespace : nil,
            name: resource.identity.name)
    }
}

extension Node {
    /// The tree without the value at a path; the same where it has none.
    func removing(_ steps: ArraySlice<NodePath.Step>) -> Node {
        guard let step = steps.first else { return self }
        let rest = steps.dropFirst()
        var node = self
        switch (step, content) {
        case (.key(let key), .mapping(var mapping)):
            guard let value = mapping[key] else { return self }
            mapping[key] = rest.isEmpty ? nil : value.removing(rest)
            node.content = .mapping(mapping)
        case (.index(let index), .sequence(var items)) where index < items.count:
            if rest.isEmpty { items.remove(at: index) } else { items[index] = items[index].removing(rest) }
            node.content = .sequence(items)
        default: return self
        }
        return node
    }
}
