package import Documents
import ResourceManager
package import ServiceModel
import TemplateRenderer

/// The cloud resources of a service as Terraform makes them.
extension ResourceRenderer {
    /// A Terraform configuration in JSON syntax: one document, what `main.tf.json` holds.
    ///
    /// The templates of the provider are joined into one. A `"//"` in each resource tells the configuration lines
    /// behind it; Terraform takes it for a comment. Values of the configuration are texts to Terraform, whatever is in
    /// them: nothing in them is evaluated.
    ///
    /// https://developer.hashicorp.com/terraform/language/syntax/json
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` where the service has no cloud, the configuration does not tell
    ///   the cluster, or a template is wrong.
    package mutating func terraform(for spec: DeploymentSpec) throws -> Node {
        try TerraformDemands(spec).check()
        var values = contexts.values(for: spec)
        for position in values.entries.indices {
            values.setValue(values.entries[position].value.escapedForTerraform, at: position)
        }
        let context = try contexts.context(values)
        var parts = Mapping()
        let templates = try templates(in: "terraform/\(spec.provider.rawValue)")
        for template in templates {
            var part = try template.template.render(context)
            part.removeUnsetFields()
            guard let sections = part.mapping else { continue }
            for section in sections.entries { parts.join(section) }
        }
        return .mapping(TerraformDocument.arranged(parts, templates: Set(templates.map(\.name))))
    }
}

extension Mapping {
    /// Adds a section of one template to those of others: mappings join at every depth, lists follow each other.
    fileprivate mutating func join(_ entry: Entry) {
        guard let position = position(of: entry.key) else {
            append(unique: entry)
            return
        }
        var value = entries[position].value
        setValue(.null, at: position)
        value.join(entry.value)
        setValue(value, at: position)
    }
}

extension Node {
    fileprivate mutating func join(_ other: Node) {
        switch (content, other.content) {
        case (.mapping(var mapping), .mapping(let added)):
            content = .null
            for entry in added.entries { mapping.join(entry) }
            content = .mapping(mapping)
        case (.sequence(let items), .sequence(let added)):
            content = .sequence(items + added)
        default:
            self = other
        }
    }

    /// The same value, with what begins an expression in a text escaped.
    ///
    /// https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
    fileprivate var escapedForTerraform: Node {
        switch content {
        case .string(let text):
            return .string(text.replacing("${", with: "$${").replacing("%{", with: "%%{"), at: location)
        case .sequence(let items):
            return .sequence(items.map(\.escapedForTerraform), at: location)
        case .mapping(let mapping):
            let entries = mapping.entries.map { entry in
                let key = Node.string(entry.key).escapedForTerraform.string ?? entry.key
                return Mapping.Entry(key, at: entry.keyLocation, entry.value.escapedForTerraform)
            }
            return .mapping(Mapping(uniqueEntries: entries), at: location)
        default:
            return self
        }
    }
}
