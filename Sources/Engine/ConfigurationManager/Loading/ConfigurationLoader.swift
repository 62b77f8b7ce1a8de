package import Diagnostics
package import Documents
import ServiceModel

/// Finds the services that are asked for, and merges the layers of each.
///
/// Layers, lowest first: the four built-in profiles (base, data type, provider, environment), the
/// project's layers of the same names, layer files given with `-f`, a program's overrides, the service's
/// own document, and the flags. Merging is RFC 7386; lists with a natural key in the schema merge by it.
package struct ConfigurationLoader {
    /// The layers that all services of one kind share, merged once.
    private struct Stack {
        let layers: [Layer]
        let settings: Node
    }

    private struct Kind: Hashable {
        let type: DataType
        let provider: ProviderKind
        let environment: DeploymentEnvironment
    }

    private let profiles: DocumentTree
    private let project: ProjectLayers
    private let fileLayers: [LayerFile]
    private let flags: FlagLayer
    private let listKeys = ServiceSchema.root.listKeys
    private var stacks: [Kind: Stack] = [:]

    /// The services asked for, in the order of the files.
    package let declarations: [ServiceDeclaration]

    /// Whether flags or overrides, rather than a file, say how many replicas run.
    package let namesReplicas: Bool

    /// Reads every file that the request names, and the project's layers.
    ///
    /// - Parameters:
    ///   - profiles: the built-in profiles.
    ///   - placeholder: the name of a service that flags describe without naming it; nil where a name
    ///     is required.
    /// - Throws: everything that is wrong in all of the files and flags, at once.
    package init(
        profiles: DocumentTree, request: ConfigurationRequest, placeholder: String? = nil
    ) throws(DiagnosticReport) {
        var problems = DiagnosticCollector()
        self.profiles = profiles
        project = Self.project(request, &problems)
        let input = InputFiles(request.files, &problems)
        let overrides = Self.overrides(request.overrides, &problems)
        fileLayers = input.layers + [overrides].compactMap(\.self)
        flags = FlagLayer(request.assignments, &problems)
        namesReplicas =
            flags.namesReplicas
            || overrides?.common.contains { $0.values.value("deployment", "replicas") != nil } == true
        let resolver = DeclarationResolver(request: request, project: project, placeholder: placeholder)
        declarations = resolver.declarations(input.services, &problems)
        try problems.throwIfErrors()
    }

    /// Values written in a program have no place of their own: problems name the whole.
    private static func overrides(_ values: Node, _ problems: inout DiagnosticCollector) -> LayerFile? {
        if values.mapping?.isEmpty == true { return nil }
        let source = SourceFile("overrides")
        return LayerFile(values.relocated(to: SourceLocation(file: source)), name: source.name, &problems)
    }

    private static func project(
        _ request: ConfigurationRequest, _ problems: inout DiagnosticCollector
    ) -> ProjectLayers {
        if let folder = request.configurationFolder { return ProjectLayers(folder: folder, &problems) }
        guard FolderListing.isFolder(ProjectLayers.standardFolder) else { return ProjectLayers() }
        return ProjectLayers(folder: ProjectLayers.standardFolder, &problems)
    }

    /// The merged and checked configuration of one service.
    ///
    /// - Throws: every rule that the merged values break, each at the line that set the value.
    package mutating func configuration(
        of declaration: ServiceDeclaration
    ) throws(DiagnosticReport) -> ServiceConfiguration {
        let stack = try stack(
            Kind(type: declaration.dataType, provider: declaration.provider, environment: declaration.environment))
        var problems = DiagnosticCollector()
        var layers = stack.layers
        var settings = stack.settings
        let own =
            [declaration.layer].compactMap(\.self)
            + flags.layers(over: settings, declaration.layer, listKeys: listKeys, &problems)
        for layer in own {
            layer.merge(into: &settings, listKeys: listKeys)
            layers.append(layer)
        }
        try problems.throwIfErrors()
        var rules = CrossFieldRules(
            settings: settings, dataType: declaration.dataType, provider: declaration.provider,
            serviceName: declaration.name, declaredAt: declaration.location)
        rules.check()
        try rules.problems.throwIfErrors()
        let namespace = settings.value("deployment", "namespace")?.string ?? ""
        return ServiceConfiguration(
            service: ServiceIdentity(name: declaration.name, namespace: namespace), dataType: declaration.dataType,
            provider: declaration.provider, environment: declaration.environment, layers: layers,
            settings: settings, warnings: rules.problems.warnings)
    }

    private mutating func stack(_ kind: Kind) throws(DiagnosticReport) -> Stack {
        if let stack = stacks[kind] { return stack }
        var problems = DiagnosticCollector()
        var layers: [Layer] = []
        for path in [
            "base.yaml", "data-types/\(kind.type.rawValue).yaml", "providers/\(kind.provider.rawValue).yaml",
            "environments/\(kind.environment.rawValue).yaml",
        ] {
            guard let found = problems.gather({ try profiles.documents(at: path) }), let file = found else { continue }
            for document in file.documents {
                layers += LayerFile(document, name: file.name, &problems).layers(for: kind.type)
            }
        }
        layers += project.layers(for: kind.type, kind.provider, kind.environment)
        layers += fileLayers.flatMap { $0.layers(for: kind.type) }
        try problems.throwIfErrors()
        var settings = Node(.mapping(Mapping()))
        for layer in layers { layer.merge(into: &settings, listKeys: listKeys) }
        let stack = Stack(layers: layers, settings: settings)
        stacks[kind] = stack
        return stack
    }
}
