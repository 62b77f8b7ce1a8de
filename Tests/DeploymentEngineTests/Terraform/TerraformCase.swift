import DeploymentEngine
import Documents
import ServiceModel
import Templates

extension ServiceCase {
    /// A service with a cluster to belong to.
    static func cloud(
        _ provider: ProviderKind, _ assignments: String..., of type: DataType = .image, named name: String? = nil
    ) -> ServiceCase {
        let place =
            switch provider {
            case .aws: "providers.aws={region: eu-west-1, cluster: main}"
            case .gcp: "providers.gcp={region: europe-west1, cluster: main, project: data-project}"
            default: "providers.azure={region: westeurope, cluster: main, resource_group: data, subscription: s}"
            }
        return ServiceCase(
            name: name ?? "terraform-\(provider.rawValue)", dataType: type, provider: provider,
            assignments: [place, "storage.storage_class=shared"] + assignments)
    }

    /// What `render --format terraform` makes of it.
    func terraform() throws -> Node {
        var renderer = ResourceRenderer(templates: DocumentTree(name: "templates", embedded: BuiltInTemplates.files))
        return try renderer.terraform(for: try spec())
    }

    func terraformText() throws -> String { JSONEmitter.emit(try terraform(), .init(pretty: true)) + "\n" }
}
