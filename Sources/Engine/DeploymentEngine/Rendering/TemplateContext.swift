import ConfigurationManager
import Cryptography
import Diagnostics
import Documents
import ServiceModel
import TemplateRenderer

/// What templates see of a service: every section of its configuration under its own name, with null
/// for what is not set, and `service` with what the engine decided.
struct TemplateContext {
    private let skeleton = ServiceSchema.root.skeleton

    /// - Parameter configuration: what the workload itself is told; null while that is being rendered.
    func context(for spec: DeploymentSpec, configuration: Node = .null) throws -> Context {
        var values = skeleton
        values.fill(with: spec.settings)
        var mapping = values.mapping ?? Mapping()
        mapping["service"] = service(spec)
        mapping["configuration"] = configuration
        if !configuration.isNull {
            mapping["configuration_hash"] = .string(Self.hash(configuration))
        }
        return try Context(mapping, functions: TemplateFunctions.all)
    }

    private func service(_ spec: DeploymentSpec) -> Node {
        let settings = spec.settings
        var service = Mapping()
        service["name"] = .string(spec.service.name.value)
        service["namespace"] = settings.value("deployment", "namespace")
        service["type"] = .string(spec.dataType.rawValue)
        service["provider"] = .string(spec.provider.rawValue)
        service["environment"] = .string(spec.environment.rawValue)
        service["version"] = settings.value("deployment", "version")
        service["image"] = .string(spec.image.text, at: spec.image.location)
        service["replicas"] = settings.value("deployment", "replicas") ?? .integer(spec.replicas)
        service["labels"] = .mapping(labels(spec))
        service["selector"] = .mapping(selector(spec))
        service["gpu"] = gpu(spec)
        service["scaling"] = scaling(spec)
        service["host"] = host(spec)
        return .mapping(service)
    }

    /// The labels of the founding document, and Kubernetes' recommended ones:
    /// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    private func labels(_ spec: DeploymentSpec) -> Mapping {
        var labels = spec.settings.value("deployment", "labels")?.mapping ?? Mapping()
        for entry in selector(spec).entries { labels[entry.key] = entry.value }
        labels["app.kubernetes.io/version"] = spec.settings.value("deployment", "version")
        labels["app.kubernetes.io/component"] = .string(spec.dataType.rawValue.replacing("_", with: "-"))
        labels["app.kubernetes.io/part-of"] = "synthdata"
        labels["app.kubernetes.io/managed-by"] = "synthdata-infra"
        labels["synthdata.io/data-type"] = .string(spec.dataType.rawValue)
        labels["synthdata.io/environment"] = .string(spec.environment.rawValue)
        return labels
    }

    private func selector(_ spec: DeploymentSpec) -> Mapping {
        var selector = Mapping()
        selector["app.kubernetes.io/name"] = "synthdata-service"
        selector["app.kubernetes.io/instance"] = .string(spec.service.name.value)
        return selector
    }

    private func gpu(_ spec: DeploymentSpec) -> Node {
        guard let gpu = spec.gpu else { return .null }
        let location = spec.settings.value("resources", "gpu", "type")?.location ?? .unknown
        let value = spec.settings.value("scheduling", "gpu_node_values", gpu.type) ?? .string(gpu.type, at: location)
        return .mapping(
            Mapping(uniqueEntries: [
                .init("type", .string(gpu.type, at: location)),
                .init("count", spec.settings.value("resources", "gpu", "count") ?? .integer(gpu.count, at: location)),
                .init("node_value", value),
            ]))
    }

    private func scaling(_ spec: DeploymentSpec) -> Node {
        guard let range = spec.scaling else { return .null }
        let settings = spec.settings["scaling"]
        let replicas = spec.settings.value("deployment", "replicas")?.location ?? .unknown
        return .mapping(
            Mapping(uniqueEntries: [
                .init("minimum", .integer(range.minimum, at: settings?["min_replicas"]?.location ?? replicas)),
                .init("maximum", .integer(range.maximum, at: settings?["max_replicas"]?.location ?? replicas)),
            ]))
    }

    private func host(_ spec: DeploymentSpec) -> Node {
        let ingress = spec.settings.value("networking", "ingress")
        if let host = ingress?["host"] { return host }
        guard let domain = ingress?["domain"], let text = domain.string else { return .null }
        return .string("\(spec.service.name).\(text)", at: domain.location)
    }

    /// Changes exactly when the workload would be told something else.
    private static func hash(_ configuration: Node) -> String {
        let text = JSONEmitter.bytes(of: configuration, .init(sortedKeys: true))
        return String(SHA256Digest.hexadecimal(of: text).prefix(16))
    }
}

extension Node {
    /// Puts `other`'s values over this skeleton; keys that it does not have keep the skeleton's nulls.
    fileprivate mutating func fill(with other: Node) {
        guard var mapping, let values = other.mapping else {
            self = other
            return
        }
        content = .null
        for entry in values.entries {
            guard let position = mapping.position(of: entry.key) else {
                mapping.append(unique: entry)
                continue
            }
            var value = mapping.entries[position].value
            mapping.setValue(.null, at: position)
            value.fill(with: entry.value)
            mapping.setValue(value, at: position)
        }
        self = .mapping(mapping, at: other.location)
    }
}

extension SchemaObject {
    /// Every key with null, or an empty mapping or list where it takes one.
    fileprivate var skeleton: Node {
        var mapping = Mapping()
        for key in keys {
            let value: Node =
                switch key.value {
                case .object(let object): object.skeleton
                case .map: .mapping(Mapping())
                case .list: .sequence([])
                default: .null
                }
            mapping.append(unique: .init(key.name, value))
        }
        return .mapping(mapping)
    }
}
