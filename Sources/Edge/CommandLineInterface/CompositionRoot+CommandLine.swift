import FoundationEssentials
import SynthDataInfra
import TerminalUI

/// The composition as the commands use it: warnings go to standard error, and supervisors run this file.
extension CompositionRoot {
    static func commandLine() -> CompositionRoot {
        let environment = ProcessInfo.processInfo.environment
        let console = Console(environment: environment)
        let printer = DiagnosticsPrinter(
            console: console,
            asJSON: OutputOptions.asksForJSON(Array(CommandLine.arguments.dropFirst())))
        return CompositionRoot(
            environment: environment, toolPath: ProcessImage.path, warn: { printer.print([$0]) },
            trace: { console.print($0, to: .error) })
    }

    var console: Console { Console(environment: environment) }
}

extension Fleet {
    /// The services that a command line describes.
    init(
        _ options: ServiceOptions, _ root: CompositionRoot, placeholder: String? = nil, toleratesProblems: Bool = false
    ) throws {
        try self.init(
            try options.request(), options.layers.folders, root, placeholder: placeholder,
            toleratesProblems: toleratesProblems)
    }
}

extension LayerOptions {
    var folders: LayerFolders {
        LayerFolders(project: configurationFolder, profiles: profilesDir, templates: templatesDir)
    }
}
