import Diagnostics
import Documents

/// The shape of a Terraform configuration: sections in the order in which people read them, and comments.
enum TerraformDocument {
    private static let order = [
        "//", "terraform", "provider", "variable", "locals", "data", "resource", "output", "import",
    ]

    /// Sections that are not in the list come last, as they are.
    ///
    /// - Parameter templates: the files whose own values are not told of.
    static func arranged(_ parts: Mapping, templates: Set<String>) -> Mapping {
        var result = Mapping()
        result["//"] = "Made by `synthdata-infra render --format terraform`. Change the configuration instead."
        for name in order {
            guard let section = parts[name] else { continue }
            result[name] = name == "resource" ? commented(section, templates) : section
        }
        for entry in parts.entries where !order.contains(entry.key) { result.update(entry) }
        return result
    }

    /// Tells in each resource where its values come from.
    private static func commented(_ section: Node, _ templates: Set<String>) -> Node {
        guard let types = section.mapping else { return section }
        var result = Mapping()
        for type in types.entries {
            var resources = Mapping()
            for resource in type.value.mapping?.entries ?? [] {
                var body = Mapping()
                let places = places(in: resource.value, except: templates)
                if !places.isEmpty { body["//"] = .sequence(places.map { .string($0) }) }
                for entry in resource.value.mapping?.entries ?? [] { body.update(entry) }
                resources.update(.init(resource.key, at: resource.keyLocation, .mapping(body)))
            }
            result.update(.init(type.key, at: type.keyLocation, .mapping(resources)))
        }
        return .mapping(result, at: section.location)
    }

    /// `scaling_config.max_size: services/demo.yaml:12:9`, for each value that the configuration decides.
    private static func places(
        in body: Node, except templates: Set<String>, below path: NodePath = NodePath()
    ) -> [String] {
        switch body.content {
        case .mapping(let mapping):
            return mapping.entries.flatMap { places(in: $0.value, except: templates, below: path.appending($0.key)) }
        case .sequence(let items):
            return items.enumerated().flatMap { places(in: $1, except: templates, below: path.appending($0)) }
        default:
            let location = body.location
            guard location.isKnown, !templates.contains(location.file.name) else { return [] }
            return ["\(path): \(location)"]
        }
    }
}
