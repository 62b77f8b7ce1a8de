package import Diagnostics
package import Documents
package import ServiceModel
import TemplateRenderer

/// Renders the desired objects of services from the templates of their provider.
///
/// Templates are compiled once, on first use, and serve every service after that.
package struct ResourceRenderer {
    struct CompiledTemplate {
        let name: String
        let template: Template
    }

    private let templates: DocumentTree
    let contexts = TemplateContext()
    private var compiled: [String: [CompiledTemplate]] = [:]

    package init(templates: DocumentTree) {
        self.templates = templates
    }

    /// The objects of one service in apply order. A template that comes to nothing makes no object, and
    /// a field of a Kubernetes object that comes to null is left out: no layer has set its value, and
    /// null means the same to Kubernetes but cannot be owned.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` at the template's line.
    package mutating func resources(for spec: DeploymentSpec) throws -> [Resource] {
        let values = contexts.values(for: spec)
        let context = try contexts.context(values, configuration: configuration(values))
        var resources = try Self.folders(of: spec).flatMap { try objects(in: $0, context, for: spec) }
        if let engine = spec.terraformEngine {
            let others = try objects(in: spec.provider.rawValue, context, for: spec)
            let module = TerraformModule.resource(
                try terraform(for: spec), nodes: others.lazy.compactMap(\.nodeGroup).first, of: spec.service,
                at: spec.provider, decidedAt: engine.location)
            if let module { resources.append(module) }
        }
        return ApplyOrder.sorted(resources)
    }

    private mutating func objects(in folder: String, _ context: Context, for spec: DeploymentSpec) throws -> [Resource]
    {
        try templates(in: folder).compactMap { template in
            var manifest = try template.template.render(context)
            if manifest.isNull { return nil }
            if spec.provider.isKubernetes { manifest.removeUnsetFields() }
            return try Self.object(manifest, from: template)
        }
    }

    /// Of a cloud, what stands around the cluster comes with the cluster's objects.
    private static func folders(of spec: DeploymentSpec) -> [String] {
        let own = spec.provider.rawValue
        guard spec.provider.isKubernetes else { return [own] }
        return spec.provider.isCloud && spec.terraformEngine == nil ? ["kubernetes", own] : ["kubernetes"]
    }

    private static func object(_ manifest: Node, from template: CompiledTemplate) throws(Diagnostic) -> Resource {
        guard let resource = Resource(manifest: manifest) else {
            throw Diagnostic(
                .error, .notAnObject, "the template makes no object", at: manifest.location,
                why: "an object has `apiVersion`, `kind` and `metadata.name`", fix: "mend \(template.name)")
        }
        // Names become files of `render --output-dir` and segments of request paths:
        // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
        for part in [resource.identity.kind, resource.identity.namespace ?? "-", resource.identity.name]
        where part.isEmpty || part == "." || part == ".." || part.contains("/") || part.contains("%") {
            throw Diagnostic(
                .error, .notAnObject, "`\(part)` cannot name an object", at: manifest.location,
                why: "a name may not be empty, `.` or `..`, nor contain `/` or `%`", fix: "mend \(template.name)")
        }
        return resource
    }

    /// What the workload is told: the part of the settings that concerns it.
    private mutating func configuration(_ values: Mapping) throws -> Node {
        guard let template = try templates(in: "workload").first else { return .null }
        return try template.template.render(contexts.context(values))
    }

    mutating func templates(in folder: String) throws -> [CompiledTemplate] {
        if let known = compiled[folder] { return known }
        var problems = DiagnosticCollector()
        var result: [CompiledTemplate] = []
        for path in try templates.paths(under: folder) where path.hasSuffix(".yaml") {
            guard let file = try templates.documents(at: path) else { continue }
            let source = try templates.text(at: path)
            for document in file.documents where !document.isNull {
                do throws(DiagnosticReport) {
                    result.append(CompiledTemplate(name: file.name, template: try Template(document, source: source)))
                } catch {
                    problems.report(contentsOf: error)
                }
            }
        }
        try problems.throwIfErrors()
        compiled[folder] = result
        return result
    }
}

extension DeploymentSpec {
    /// The setting that has what stands around the cluster made by Terraform; nil where that is not wanted.
    fileprivate var terraformEngine: Node? {
        settings.value("providers", provider.rawValue, "engine").flatMap { $0.string == "terraform" ? $0 : nil }
    }
}

extension Node {
    /// Removes entries with null from the mappings at every depth.
    mutating func removeUnsetFields() {
        guard hasUnsetFields else { return }
        switch content {
        case .mapping(let mapping):
            var entries: [Mapping.Entry] = []
            entries.reserveCapacity(mapping.count)
            for var entry in mapping.entries where !entry.value.isNull {
                entry.value.removeUnsetFields()
                entries.append(entry)
            }
            content = .mapping(Mapping(uniqueEntries: entries))
        case .sequence(var items):
            for index in items.indices { items[index].removeUnsetFields() }
            content = .sequence(items)
        default: break
        }
    }

    private var hasUnsetFields: Bool {
        switch content {
        case .mapping(let mapping): mapping.entries.contains { $0.value.isNull || $0.value.hasUnsetFields }
        case .sequence(let items): items.contains(where: \.hasUnsetFields)
        default: false
        }
    }
}

extension Diagnostic.Code {
    package static let notAnObject = Self("template.not-an-object")
}
