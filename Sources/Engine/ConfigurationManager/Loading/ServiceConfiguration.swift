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
    /// The same in the region that its cloud's own settings name, where no layer names one; it stands as a layer where
    /// those name it.
    package func inRegion(_ region: Node) -> ServiceConfiguration {
        let provider = provider.rawValue
        guard settings.value("providers", provider, "region").map(\.isNull) ?? true else { return self }
        let layer = Layer(
            name: region.location.description, values: .nested(["providers", provider, "region"], region))
        // The sections stay where they are.
        let providers = settings["providers"]
        let own = Node.mapping(
            Mapping(uniqueEntries: [.init("region", region)]), at: providers?[provider]?.location ?? region.location)
        let all = Node.mapping(
            Mapping(uniqueEntries: [.init(provider, own)]), at: providers?.location ?? region.location)
        var settings = settings
        settings.merge(.mapping(Mapping(uniqueEntries: [.init("providers", all)]), at: settings.location))
        return ServiceConfiguration(
            service: service, dataType: dataType, provider: self.provider, environment: environment,
            layers: layers + [layer], settings: settings, warnings: warnings)
    }

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
