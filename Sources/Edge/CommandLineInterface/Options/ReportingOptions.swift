import ArgumentParser
import Diagnostics

/// How progress is told.
enum ProgressFormat: String, ExpressibleByArgument, CaseIterable {
    /// A table that is kept up to date on a terminal, else lines.
    case auto
    case lines
    case json
}

/// What is told to pipelines, the same for every command that works on services.
struct ReportingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How progress is told on standard error; json is one event a line.", valueName: "format"))
    var progress = ProgressFormat.auto

    @Option(help: ArgumentHelp("Write a JUnit file: a test case for each service.", valueName: "file"))
    var junit: String?

    @Option(
        help: ArgumentHelp(
            "Tell problems as github (commands on standard error) or gitlab (Code Quality, a file).",
            valueName: "format[=file]"))
    var annotations: String?

    /// - Throws: ``Diagnostic`` at the flag.
    func annotationTarget() throws(Diagnostic) -> (format: Annotations.Format, file: String?)? {
        guard let annotations else { return nil }
        let parts = annotations.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let format: Annotations.Format = try NamedChoice.read(parts[0], "--annotations", .unknownAnnotations)
        let file = parts.count == 2 && !parts[1].isEmpty ? parts[1] : nil
        return (format, file ?? (format == .gitlab ? "gl-code-quality-report.json" : nil))
    }
}

/// A command that tells pipelines what it did.
protocol ReportingCommand: ParsableCommand {
    var reporting: ReportingOptions { get }
    var output: OutputOptions { get }
}

extension Diagnostic.Code {
    static let unknownAnnotations = Self("usage.unknown-annotations")
}
