import ArgumentParser
import Diagnostics
import FoundationEssentials
import TerminalUI

/// The files and lines that a pipeline asked of one run of a command.
struct CommandReport {
    private static let files = FileWriter(fix: "name a file in a folder that you may write to")

    private let name: String
    private let reporting: ReportingOptions
    private let annotations: (format: Annotations.Format, file: String?)?
    private let console: Console
    private let start = Date()

    /// Nil for a command that does not report.
    ///
    /// - Throws: ``Diagnostic`` for flags that cannot be understood, before anything is done.
    init?(_ command: any ParsableCommand, _ console: Console) throws(Diagnostic) {
        guard let command = command as? any ReportingCommand else { return nil }
        name = type(of: command).configuration.commandName ?? "synthdata-infra"
        reporting = command.reporting
        annotations = try command.reporting.annotationTarget()
        self.console = console
        let isForPeople = [nil, .table, .wide].contains(command.output.format)
        RunRecord.shared.begin(
            console, linesAreTold: reporting.progress == .json,
            board: reporting.progress == .auto && isForPeople && console.canMoveCursor(.error))
    }

    /// Tells everything.
    ///
    /// - Parameter problems: what ended the command.
    /// - Throws: a problem for each file that cannot be written; the others are.
    func finish(_ problems: [Diagnostic]) throws(DiagnosticReport) {
        let services = RunRecord.shared.end(problems)
        var failures: [Diagnostic] = []
        do { try writeJUnit(services, problems) } catch { failures.append(error) }
        do { try writeAnnotations() } catch { failures.append(error) }
        if !failures.isEmpty { throw DiagnosticReport(failures) }
    }

    private func writeJUnit(_ services: [RunRecord.Service], _ problems: [Diagnostic]) throws(Diagnostic) {
        guard let path = reporting.junit else { return }
        let report = JUnitReport(
            suite: "synthdata-infra \(name)", services: services, problems: problems, start: start, end: Date())
        try Self.files.write(Data(report.text.utf8), to: path)
    }

    private func writeAnnotations() throws(Diagnostic) {
        guard let annotations else { return }
        let text = Annotations(DiagnosticsPrinter.told).text(as: annotations.format)
        if let file = annotations.file {
            try Self.files.write(Data(text.utf8), to: file)
        } else {
            console.write(text, to: .error)
        }
    }
}
