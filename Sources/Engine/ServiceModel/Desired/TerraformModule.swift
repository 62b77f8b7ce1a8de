package import Diagnostics
package import Documents

/// A root module of Terraform that makes everything a service needs of its cloud, as one object of a release.
///
/// A release that has one has no other resources of the cloud: so the history tells which way they were made, and
/// whoever destroys or rolls back goes the same way again.
package struct TerraformModule: Sendable {
    private static let kind = "TerraformModule"

    /// What `main.tf.json` holds.
    package let configuration: Node
    /// Where it was decided that Terraform makes them.
    package let location: SourceLocation

    /// Nil for any other object.
    package init?(_ resource: Resource) {
        guard resource.identity.isCloud, resource.identity.kind == Self.kind,
            let configuration = resource.manifest["spec"]
        else { return nil }
        self.configuration = configuration
        location = resource.manifest["kind"]?.location ?? .unknown
    }

    /// - Parameter location: of the setting that asks for it.
    package static func resource(
        _ configuration: Node, of service: ServiceIdentity, at provider: ProviderKind,
        decidedAt location: SourceLocation
    ) -> Resource? {
        Resource(manifest: [
            "apiVersion": .string("\(provider.rawValue).synthdata.io/v1"), "kind": .string(kind, at: location),
            "metadata": ["name": .string(service.name.value), "namespace": .string(service.namespace)],
            "spec": configuration,
        ])
    }

    fileprivate var makesNodes: Bool {
        (configuration["resource"]?.mapping?.entries ?? []).contains {
            ["aws_eks_node_group", "google_container_node_pool", "azurerm_kubernetes_cluster_node_pool"].contains(
                $0.key)
        }
    }
}

extension Release {
    /// Nil where what it needs of its cloud is made through the cloud's own interface.
    package var terraformModule: TerraformModule? { resources.lazy.compactMap(TerraformModule.init).first }

    /// Whether nodes are made for it: there need not be any yet.
    package var makesNodes: Bool {
        resources.contains { $0.identity.isCloud && $0.identity.kind == "NodeGroup" }
            || terraformModule?.makesNodes == true
    }
}
