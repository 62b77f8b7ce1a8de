package import Diagnostics
import Documents
import ServiceModel

/// A document of kind `SyntheticDataService`, read and checked, as a layer and the service's identity.
struct ServiceDocument {
    static let apiVersion = "synthdata.io/v1"
    static let kind = "SyntheticDataService"

    let name: ServiceName
    let namespace: String?
    let dataType: DataType?
    let provider: ProviderKind?
    let environment: DeploymentEnvironment?
    let layer: Layer
    let location: SourceLocation

    /// Whether a document is meant to describe a service rather than to be a layer.
    static func isService(_ document: Node) -> Bool {
        document["kind"] != nil || document["apiVersion"] != nil
    }

    private static let schema = SchemaObject([
        SchemaKey("apiVersion", .choice([apiVersion]), "Version of this format."),
        SchemaKey("kind", .choice([kind]), "What the document describes."),
        .section(
            "metadata", "What the service is called.",
            [
                SchemaKey("name", .text(.free), "Name of the service."),
                SchemaKey("namespace", .text(.dnsLabel), "Namespace of its objects."),
                SchemaKey("labels", ServiceSchema.labels, "Labels on its objects."),
                SchemaKey("annotations", ServiceSchema.labels, "Annotations on its pods."),
            ]),
        .section(
            "spec", "What the service is.",
            [
                SchemaKey("type", .text(.free), "Data type."),
                SchemaKey("provider", .choice(ProviderKind.allCases.map(\.rawValue)), "Where it runs."),
                SchemaKey(
                    "environment", .choice(DeploymentEnvironment.allCases.map(\.rawValue)), "The stage that it serves."),
                SchemaKey("version", .text(.imageTag), "Version of the service."),
                SchemaKey("replicas", .integer(0...10_000), "How many replicas run."),
                SchemaKey("image", .text(.image), "Container image."),
                SchemaKey("overrides", .map(.anything), "Any of the configuration's sections."),
            ]),
    ])

    /// The schema of these documents, for the JSON Schema.
    static var documentSchema: SchemaObject { schema }

    /// Without which it is not known what the document describes.
    private static let identity = [
        ["apiVersion"], ["kind"], ["metadata", "name"], ["spec", "type"], ["spec", "provider"],
        ["spec", "environment"],
        ["spec", "overrides"],
    ].map(NodePath.init(keys:))

    /// Where the short forms of a document stand in the configuration.
    static let shortForms: [(from: [String], to: [String])] = [
        (["metadata", "namespace"], ["deployment", "namespace"]),
        (["metadata", "labels"], ["deployment", "labels"]),
        (["metadata", "annotations"], ["deployment", "annotations"]),
        (["spec", "version"], ["deployment", "version"]),
        (["spec", "replicas"], ["deployment", "replicas"]),
        (["spec", "image"], ["deployment", "image"]),
    ]

    init?(_ document: Node, fileName: String, _ problems: inout DiagnosticCollector) {
        var check = ValueCheck(root: Self.schema)
        let node = check.checked(document)
        problems.report(contentsOf: check.problems)
        if check.invalid.contains(where: { path in Self.identity.contains { path.meets($0) } }) { return nil }
        location = document.location
        for key in ["apiVersion", "kind"] where node[key] == nil {
            problems.report(
                Diagnostic(
                    .error, .missingKey, "`\(key)` is missing", at: location,
                    fix: "add `\(key): \(key == "kind" ? Self.kind : Self.apiVersion)`"))
            return nil
        }
        guard let nameNode = node.value("metadata", "name"), let text = nameNode.string else {
            problems.report(
                Diagnostic(.error, .missingKey, "`metadata.name` is missing", at: location, fix: "name the service"))
            return nil
        }
        guard let name = problems.gather({ try ServiceName(text, at: nameNode.location) }) else { return nil }
        self.name = name
        namespace = node.value("metadata", "namespace")?.string
        let typeNode = node.value("spec", "type")
        dataType = typeNode?.string.flatMap(DataType.init(name:))
        if let typeNode, dataType == nil {
            problems.report(.unknownDataType(typeNode.plainText, at: typeNode.location))
            return nil
        }
        provider = node.value("spec", "provider")?.string.flatMap(ProviderKind.init(rawValue:))
        environment = node.value("spec", "environment")?.string.flatMap(DeploymentEnvironment.init(rawValue:))
        guard let layer = Self.layer(of: node, name: fileName, invalid: check.invalid, &problems) else { return nil }
        self.layer = layer
    }

    /// What the document sets, in the configuration's own keys.
    ///
    /// - Parameter invalid: the document's paths with values that cannot be used.
    private static func layer(
        of node: Node, name: String, invalid: [NodePath], _ problems: inout DiagnosticCollector
    ) -> Layer? {
        var unusable: [NodePath] = []
        var values = node.value("spec", "overrides") ?? .mapping(Mapping(), at: node.location)
        guard let unwrapped = unwrapped(values, &problems) else { return nil }
        values = SchemaAliases.resolve(unwrapped, &problems)
        for form in shortForms {
            guard let value = node.value(form.from[0], form.from[1]) else { continue }
            if invalid.contains(where: { $0.meets(NodePath(keys: form.from)) }) {
                unusable.append(NodePath(keys: form.to))
                continue
            }
            var conflicts: [Diagnostic] = []
            values.overlay(.nested(form.to, value)) { old, new in
                let isWhole = new.key == form.to.last
                let (from, to) = (NodePath(keys: form.from), NodePath(keys: form.to))
                conflicts.append(
                    .conflictingKeys(
                        "\(isWhole ? from : from.appending(new.key))", "\(isWhole ? to : to.appending(new.key))", new,
                        old))
            }
            for conflict in conflicts { problems.report(conflict) }
        }
        var check = ValueCheck()
        let checked = check.checked(values)
        problems.report(contentsOf: check.problems)
        return Layer(name: name, values: checked, invalid: unusable + check.invalid)
    }

    /// The overrides; nil, and a problem for each, when they have keys that wrap sections in layer files.
    private static func unwrapped(_ overrides: Node, _ problems: inout DiagnosticCollector) -> Node? {
        guard let mapping = overrides.mapping else { return overrides }
        let isWrapper = { (key: String) in
            ServiceSchema.root[key] == nil && (key == "base" || DataType(name: key) != nil)
        }
        for entry in mapping.entries where isWrapper(entry.key) {
            problems.report(
                Diagnostic(
                    .error, .unknownKey, "unknown key `\(entry.key)` below `spec.overrides`", at: entry.keyLocation,
                    why: "`\(entry.key):` wraps sections in layer files; a service's overrides are its own already",
                    fix: "write the sections of `\(entry.key)` directly below `overrides`"))
        }
        return mapping.entries.contains { isWrapper($0.key) } ? nil : overrides
    }
}

extension NodePath {
    /// Whether one of the two leads through the other.
    func meets(_ other: NodePath) -> Bool {
        steps.starts(with: other.steps) || other.steps.starts(with: steps)
    }
}

extension Node {
    /// `value` below nested keys, all at its location.
    static func nested(_ keys: some BidirectionalCollection<String>, _ value: Node) -> Node {
        keys.reversed().reduce(value) { below, key in
            .mapping(Mapping(uniqueEntries: [.init(key, at: value.location, below)]), at: value.location)
        }
    }
}

extension Diagnostic {
    /// No data type has this name.
    package static func unknownDataType(_ name: String, at location: SourceLocation?) -> Diagnostic {
        let known = DataType.allCases.map(\.rawValue)
        return Diagnostic(
            .error, .unknownDataType, "there is no data type `\(name)`", at: location,
            why: "the types are \(known.joined(separator: ", "))",
            fix: NearestNameHint.fix(for: name, among: known))
    }
}

extension Diagnostic.Code {
    package static let unknownDataType = Self("service.unknown-type")
}
