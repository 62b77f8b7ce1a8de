import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// One object that should be, as this server takes it.
struct DesiredObject: Sendable {
    let identity: Resource.Identity
    let type: ResourceType
    /// With the version of ``type``; every value at the line that configured it.
    let manifest: Node

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
