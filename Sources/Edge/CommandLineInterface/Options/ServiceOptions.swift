import ArgumentParser
import ConfigurationManager
import Diagnostics
import Documents
import ServiceModel

/// The flags that describe a service, the same for every command that takes one.
struct ServiceOptions: ParsableArguments {
    @Option(
        name: .customLong("type"),
        help: ArgumentHelp("Data type: tabular, time_series, text, image, audio, video.", valueName: "type"),
        completion: ServiceCompletion.dataTypes)
    var dataType: String?

    @Option(help: "Name of the service: a-z, 0-9 and -, 63 characters at most.")
    var name: String?

    @Option(
        help: "Where it runs: local (default), onprem, aws, gcp, azure.", completion: ServiceCompletion.providers)
    var provider: String?

    @Option(
        help: ArgumentHelp(
            "development, staging or production (default: development on local, else production).",
            valueName: "environment"), completion: ServiceCompletion.environments)
    var environment: String?

    @Option(help: "Version of the service; the image's tag, unless it has one.")
    var version: String?

    @Option(help: ArgumentHelp("How many replicas run: 0 to 10000.", valueName: "n"))
    var replicas: String?

    @Option(help: "Container image, with or without a tag.")
    var image: String?

    @Option(help: ArgumentHelp("CPU of each replica, such as 4 or 500m.", valueName: "quantity"))
    var cpu: String?

    @Option(help: ArgumentHelp("Memory of each replica, such as 16Gi.", valueName: "quantity"))
    var memory: String?

    @Option(help: ArgumentHelp("Model of the GPU, such as nvidia-tesla-t4.", valueName: "model"))
    var gpuType: String?

    @Option(help: ArgumentHelp("How many GPUs each replica has.", valueName: "n"))
    var gpuCount: String?

    @Option(help: ArgumentHelp("Size of the volume, such as 100Gi.", valueName: "quantity"))
    var storageSize: String?

    @Option(help: ArgumentHelp("StorageClass of the volume.", valueName: "class"))
    var storageClass: String?

    @Option(
        help: ArgumentHelp(
            "What makes the resources around a cluster at aws: rest (default) or terraform.", valueName: "engine"))
    var engine: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set any key, as in storage.size=1Ti; the value is YAML. Repeatable.", valueName: "path=value"))
    var assignments: [String] = []

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .singleValue,
        help: ArgumentHelp(
            "Service or layer file, a folder of them, or - for standard input. Repeatable.", valueName: "file"),
        completion: ServiceCompletion.layerFiles)
    var files: [String] = []

    @OptionGroup(title: "Layers") var layers: LayerOptions

    /// Whether no flag describes anything.
    var isEmpty: Bool {
        dataType == nil && name == nil && provider == nil && environment == nil && files.isEmpty && assignments.isEmpty
            && dedicated.allSatisfy { $0.value == nil }
    }

    /// The request that the flags make.
    ///
    /// - Throws: every flag that cannot be understood, at once.
    func request() throws(DiagnosticReport) -> ConfigurationRequest {
        var problems = DiagnosticCollector()
        var request = ConfigurationRequest()
        request.name = name.map { .init($0, flag: "--name") }
        if let name { problems.gather { try ServiceName(name, at: Self.location("--name")) } }
        request.files = files
        request.configurationFolder = layers.configurationFolder
        if let dataType {
            if let value = DataType(name: dataType) {
                request.dataType = .init(value, flag: "--type")
            } else {
                problems.report(.unknownDataType(dataType, at: Self.location("--type")))
            }
        }
        request.provider = choice(provider, "--provider", .unknownProvider, &problems)
        request.environment = choice(environment, "--environment", .unknownEnvironment, &problems)
        for (flag, path, value) in dedicated {
            guard let value else { continue }
            let location = Self.location(flag)
            if value.allSatisfy(\.isWhitespace) {
                problems.report(
                    Diagnostic(
                        .error, .assignment, "the value of `\(flag)` is empty", at: location,
                        fix: "give it a value, or leave the flag away"))
                continue
            }
            // A number stays the text that was written: `--version 1.10`.
            let node = problems.gather { try YAMLParser.parseOne(value, file: location.file).relocated(to: location) }
            request.assignments.append(.init(path: NodePath(keys: path), value: node ?? .string(value, at: location)))
        }
        for assignment in assignments {
            guard
                let read = problems.gather({ try ConfigurationRequest.Assignment(parsing: assignment, flag: "--set") })
            else { continue }
            request.assignments.append(read)
        }
        try problems.throwIfErrors()
        return request
    }

    private var dedicated: [(flag: String, path: [String], value: String?)] {
        let values = [version, replicas, image, cpu, memory, gpuType, gpuCount, storageSize, storageClass, engine]
        return zip(FlagKeys.all, values).map { ($0.flag, $0.path, $1) }
    }

    private static func location(_ flag: String) -> SourceLocation {
        SourceLocation(file: SourceFile(flag))
    }

    private func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ text: String?, _ flag: String, _ code: Diagnostic.Code, _ problems: inout DiagnosticCollector
    ) -> ConfigurationRequest.Flag<Value>? {
        guard let text else { return nil }
        return problems.gather { .init(try NamedChoice.read(text, flag, code), flag: flag) }
    }
}

/// Where layers and built-in files come from.
struct LayerOptions: ParsableArguments {
    @Option(
        name: .customLong("config-dir"),
        help: ArgumentHelp("Folder with your own layers (default: ./synthdata when it exists).", valueName: "folder"),
        completion: .directory)
    var configurationFolder: String?

    @Option(
        help: ArgumentHelp("Folder whose files replace built-in profiles.", valueName: "folder"),
        completion: .directory)
    var profilesDir: String?

    @Option(
        help: ArgumentHelp("Folder whose files replace or add to built-in templates.", valueName: "folder"),
        completion: .directory)
    var templatesDir: String?
}
