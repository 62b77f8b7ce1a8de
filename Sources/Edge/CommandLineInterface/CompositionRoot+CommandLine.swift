import ConfigurationManager
import Diagnostics
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
            trace: { console.print($0, to: .error) },
            askMFACode: Question.canBeAsked(console) ? askMFACode : nil)
    }

    private static func askMFACode(of serial: String) async throws -> Redacted<String> {
        guard let code = try await Question.ask("MFA code of \(serial.visible): "), !code.isEmpty else {
            throw Diagnostic(.error, .declined, "no MFA code was given", fix: "type the code that the device shows")
        }
        return Redacted(code)
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
        if options.engine != nil, !declarations.contains(where: { $0.provider == .aws }) {
            throw Diagnostic(
                .error, .engineWithoutCloud, "`--engine` is for services at aws",
                at: SourceLocation(file: SourceFile("--engine")),
                why: "elsewhere this version makes nothing but the cluster's objects",
                fix: "leave it out, or choose --provider aws")
        }
    }
}

extension Diagnostic.Code {
    static let engineWithoutCloud = Self("usage.engine")
}

extension LayerOptions {
    var folders: LayerFolders {
        LayerFolders(project: configurationFolder, profiles: profilesDir, templates: templatesDir)
    }
}
