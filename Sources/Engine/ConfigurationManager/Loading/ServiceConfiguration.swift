package import Diagnostics
package import Documents
package import ServiceModel

/// The merged configuration of one service, with the layers that it was merged from.
package struct ServiceConfiguration: Sendable {
    package let service: ServiceIdentity
    package let dataType: DataType
    package let provider: ProviderKind
    package let environment: DeploymentEnvironment
    /// Lowest first.
    package let layers: [Layer]
    /// Canonical keys; every value keeps the place of the layer that it came from.
    package let settings: Node
    package let warnings: [Diagnostic]
}

extension ServiceConfiguration {
    /// The merged configuration as a document of kind `ServiceConfiguration`.
    package var document: Node {
        [
            "apiVersion": .string(ServiceDocument.apiVersion),
            "kind": "ServiceConfiguration",
            "metadata": ["name": .string(service.name.value), "namespace": .string(service.namespace)],
            "type": .string(dataType.rawValue),
            "provider": .string(provider.rawValue),
            "environment": .string(environment.rawValue),
            "settings": settings,
        ]
    }
}
