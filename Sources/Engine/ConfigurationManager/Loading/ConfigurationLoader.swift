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
        let problems: DiagnosticCollector
        /// Whether every profile could be read.
        let isComplete: Bool
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
    /// What is wrong in the files and flags.
    private let problems: DiagnosticCollector
    /// Whether all files could be read, so that what is merged is what was meant.
    private let isComplete: Bool

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
    ///   - toleratesProblems: whether to go on with what breaks the schema, for ``evaluation(of:)``; files
    ///     that cannot be read or understood are problems all the same.
    /// - Throws: everything that is wrong in all of the files and flags, at once, with the rules that the
    ///   rest of the values break.
    package init(
        profiles: DocumentTree, request: ConfigurationRequest, placeholder: String? = nil,
        toleratesProblems: Bool = false
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
        declarations = resolver.declarations(input.services, areComplete: input.areComplete, &problems)
        isComplete = project.areComplete && input.areComplete
        self.problems = problems
        guard problems.hasErrors else { return }
        if isComplete, !declarations.isEmpty {
            if toleratesProblems { return }
            var known = Set(problems.diagnostics)
            for declaration in declarations {
                for problem in merged(declaration).1.diagnostics
                where problem.severity == .error && known.insert(problem).inserted {
                    problems.report(problem)
                }
            }
        }
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
        let (configuration, problems) = merged(declaration)
        try problems.throwIfErrors()
        return configuration
    }

    /// The merged configuration of one service with everything that is wrong with it, files and flags included.
    package mutating func evaluation(
        of declaration: ServiceDeclaration
    ) -> (configuration: ServiceConfiguration, problems: [Diagnostic]) {
        let (configuration, own) = merged(declaration)
        var all = problems
        all.report(contentsOf: own)
        return (configuration, all.summarised)
    }

    private mutating func merged(
        _ declaration: ServiceDeclaration
    ) -> (ServiceConfiguration, DiagnosticCollector) {
        let stack = stack(
            Kind(type: declaration.dataType, provider: declaration.provider, environment: declaration.environment))
        var problems = stack.problems
        var layers = stack.layers
        var settings = stack.settings
        let own =
            [declaration.layer].compactMap(\.self)
            + flags.layers(over: settings, declaration.layer, listKeys: listKeys, &problems)
        for layer in own {
            layer.merge(into: &settings, listKeys: listKeys)
            layers.append(layer)
        }
        if let followers = Self.followers(of: settings, layers) {
            followers.merge(into: &settings, listKeys: listKeys)
            layers.append(followers)
        }
        if stack.isComplete {
            var rules = CrossFieldRules(settings: settings, layers: layers, of: declaration)
            rules.check()
            problems.report(contentsOf: rules.problems)
        }
        let namespace = settings.value("deployment", "namespace")?.string ?? ""
        let configuration = ServiceConfiguration(
            service: ServiceIdentity(name: declaration.name, namespace: namespace), dataType: declaration.dataType,
            provider: declaration.provider, environment: declaration.environment, layers: layers,
            settings: settings, warnings: problems.warnings)
        return (configuration, problems)
    }

    /// What follows a volume that is switched off: features that only a built-in profile switched on.
    private static func followers(of settings: Node, _ layers: [Layer]) -> Layer? {
        guard let switched = settings.value("storage", "enabled"), switched.bool == false else { return nil }
        var values = Mapping()
        for key in ServiceSchema.needsVolume(settings["storage"]) where settings.value("storage", key)?.bool == true {
            guard layers.last(where: { $0.values.value("storage", key) != nil })?.isBuiltIn == true else { continue }
            values[key] = .bool(false, at: switched.location)
        }
        return values.isEmpty
            ? nil
            : Layer(name: "storage.enabled", values: .nested(["storage"], .mapping(values, at: switched.location)))
    }

    private mutating func stack(_ kind: Kind) -> Stack {
        if let stack = stacks[kind] { return stack }
        var problems = DiagnosticCollector()
        var isComplete = true
        var layers: [Layer] = []
        for path in [
            "base.yaml", "data-types/\(kind.type.rawValue).yaml", "providers/\(kind.provider.rawValue).yaml",
            "environments/\(kind.environment.rawValue).yaml",
        ] {
            let found = problems.gather { try profiles.documents(at: path) }
            if found == nil { isComplete = false }
            guard let found, let file = found else { continue }
            for document in file.documents {
                for var layer in LayerFile(document, name: file.name, &problems).layers(for: kind.type) {
                    layer.isBuiltIn = true
                    layers.append(layer)
                }
            }
        }
        layers += project.layers(for: kind.type, kind.provider, kind.environment)
        layers += fileLayers.flatMap { $0.layers(for: kind.type) }
        var settings = Node(.mapping(Mapping()))
        for layer in layers { layer.merge(into: &settings, listKeys: listKeys) }
        let stack = Stack(layers: layers, settings: settings, problems: problems, isComplete: isComplete)
        stacks[kind] = stack
        return stack
    }
}
