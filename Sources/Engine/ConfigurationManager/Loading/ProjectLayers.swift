package import Diagnostics
import Documents
import ServiceModel

/// The user's own layers: a folder whose files are named like the built-in profiles.
///
/// `base.yaml`, `data-types/<type>.yaml`, `providers/<provider>.yaml` and
/// `environments/<environment>.yaml`; `-` and `_` are alike in names. `profiles/` and `templates/` below
/// it replace built-in files, and anything else is refused: a misnamed file would silently change nothing.
struct ProjectLayers {
    /// Read when no other folder is named.
    static let standardFolder = "synthdata"

    private enum Role: Hashable {
        case base
        case dataType(DataType)
        case provider(ProviderKind)
        case environment(DeploymentEnvironment)
    }

    private var files: [Role: LayerFile] = [:]
    /// Whether every file of the folder could be read, and is a layer.
    private(set) var areComplete = true

    /// An empty set of layers.
    init() {}

    init(folder: String, _ problems: inout DiagnosticCollector) {
        guard let paths = problems.gather({ try FolderListing.files(under: folder) }) else {
            areComplete = false
            return
        }
        for path in paths where !path.hasPrefix("profiles/") && !path.hasPrefix("templates/") && Self.isDocument(path) {
            let file = "\(folder)/\(path)"
            guard let role = Self.role(of: path) else {
                problems.report(Self.misnamed(file, path))
                areComplete = false
                continue
            }
            guard let documents = problems.gather({ try DocumentReader.read(path: file) }) else {
                areComplete = false
                continue
            }
            if let other = files[role] {
                problems.report(
                    Diagnostic(
                        .error, .duplicateLayer, "`\(file)` and `\(other.name)` are the same layer",
                        at: SourceLocation(file: SourceFile(file)), why: "one would silently replace the other",
                        fix: "join them in one file"))
                continue
            }
            if let document = documents.first { files[role] = LayerFile(document, name: file, &problems) }
            if documents.count > 1 {
                problems.report(
                    Diagnostic(
                        .error, .manyDocuments, "a layer is one document, \(documents.count) found",
                        at: documents[1].location, fix: "remove the `---` and join the sections"))
            }
        }
    }

    /// The layers for one kind of service, lowest first.
    func layers(for type: DataType, _ provider: ProviderKind, _ environment: DeploymentEnvironment) -> [Layer] {
        [.base, .dataType(type), .provider(provider), .environment(environment)]
            .flatMap { files[$0]?.layers(for: type) ?? [] }
    }

    /// The project's own choice of what is meant when nobody says.
    func standard(_ key: String) -> Node? {
        files[.base]?.common.reversed().lazy.compactMap { $0.values.value("defaults", key) }.first
    }

    static func isDocument(_ path: String) -> Bool {
        path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json")
    }

    private static func role(of path: String) -> Role? {
        let parts = path.split(separator: "/")
        guard let file = parts.last, let dot = file.lastIndex(of: ".") else { return nil }
        let stem = file[..<dot]
        if parts.count == 1 { return stem == "base" ? .base : nil }
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "data-types", "data_types": return DataType(name: String(stem)).map(Role.dataType)
        case "providers": return ProviderKind(rawValue: String(stem)).map(Role.provider)
        case "environments": return DeploymentEnvironment(rawValue: String(stem)).map(Role.environment)
        default: return nil
        }
    }

    private static func misnamed(_ file: String, _ path: String) -> Diagnostic {
        let known =
            ["base.yaml"] + DataType.allCases.map { "data-types/\($0.rawValue).yaml" }
            + ProviderKind.allCases.map { "providers/\($0.rawValue).yaml" }
            + DeploymentEnvironment.allCases.map { "environments/\($0.rawValue).yaml" }
        return Diagnostic(
            .error, .misnamedLayer, "no layer is called `\(path)`", at: SourceLocation(file: SourceFile(file)),
            why: "layers are base.yaml, data-types/TYPE.yaml, providers/PROVIDER.yaml, environments/ENVIRONMENT.yaml",
            fix: NearestName.find(path, among: known).map { "did you mean `\($0)`?" }
                ?? "rename it, or move it out of the folder and name it with -f")
    }
}

extension Diagnostic.Code {
    package static let misnamedLayer = Self("config.misnamed-layer")
    package static let duplicateLayer = Self("config.duplicate-layer")
}
