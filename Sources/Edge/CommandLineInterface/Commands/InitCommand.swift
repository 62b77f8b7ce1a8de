import ArgumentParser
import ConfigurationManager
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import SynthDataInfra
import TerminalUI

struct InitCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Start a project: a folder with commented layers and one service.",
        discussion: "Existing files are never overwritten. The result validates and deploys as it is.")

    @Argument(help: "Where the project is made.")
    var folder = "."

    @Option(
        name: .customLong("type"),
        help: ArgumentHelp("Data type: tabular, time_series, text, image, audio, video.", valueName: "type"),
        completion: ServiceCompletion.dataTypes)
    var dataType = "tabular"

    @Option(help: "Name of the service (default: my- and the type).")
    var name: String?

    func run(in root: CompositionRoot) async throws {
        guard let type = DataType(name: dataType) else {
            throw Diagnostic.unknownDataType(dataType, at: SourceLocation(file: SourceFile("--type")))
        }
        let standard = "my-\(type.rawValue.replacing("_", with: "-"))"
        let service = try ServiceName(name ?? standard, at: SourceLocation(file: SourceFile("--name")))
        let files = ProjectScaffold(service: service, dataType: type).files
        for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file.path)") {
            throw Diagnostic(
                .error, .projectExists, "the file exists already",
                at: SourceLocation(file: SourceFile("\(folder)/\(file.path)")),
                why: "`init` never overwrites", fix: "choose another folder, or remove the file")
        }
        let writer = FileWriter(fix: "choose a folder that can be written")
        for file in files {
            try writer.write(Data(file.text.utf8), to: "\(folder)/\(file.path)")
            root.console.print("\(folder)/\(file.path)")
        }
        let prefix = folder == "." ? "" : "cd \(folder) && "
        root.console.print(
            "next: \(prefix)synthdata-infra validate -f services && synthdata-infra deploy -f services", to: .error)
    }
}

extension Diagnostic.Code {
    static let projectExists = Self("init.exists")
}
