import ConfigurationManager
import Cryptography
import Diagnostics
import Documents
import ResourceManager
import ServiceModel
import TemplateRenderer

/// What templates see of a service: every section of its configuration under its own name, with null
/// for what is not set, and what the engine decided: `service` (``ServiceFacts``) and `cloud` (`CloudFacts`).
struct TemplateContext {
    private let skeleton = ServiceSchema.root.skeleton

    /// What every template sees.
    func values(for spec: DeploymentSpec) -> Mapping {
        var values = skeleton
        values.fill(with: spec.settings)
        var mapping = values.mapping ?? Mapping()
        mapping["service"] = ServiceFacts(spec).node
        mapping["cloud"] = CloudFacts(spec).node
        return mapping
    }

    func context(_ values: Mapping) throws -> Context {
        try Context(values, functions: TemplateFunctions.all)
    }

    /// Adds what the workload itself is told, and its hash.
    func context(_ values: Mapping, configuration: Node) throws -> Context {
        var values = values
        values["configuration"] = configuration
        values["configuration_hash"] = .string(Self.hash(configuration))
        return try context(values)
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
