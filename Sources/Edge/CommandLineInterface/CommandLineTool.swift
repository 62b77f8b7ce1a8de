import ArgumentParser
import Diagnostics
import FoundationEssentials
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// The command-line tool: parses, runs, prints what went wrong, and exits with the outcome's code.
package enum CommandLineTool {
    /// Runs the command that `arguments` (without the program's name) ask for, and ends the process.
    package static func main(_ arguments: [String]) async -> Never {
        let console = Console(environment: ProcessInfo.processInfo.environment)
        do {
            // The parser's own `--version` would stand in the help of every command, beside `deploy --version`.
            if arguments == ["--version"] { throw CleanExit.message(ToolVersion.text) }
            var command = try await RootCommand.asyncParseAsRoot(arguments)
            let report = try CommandReport(command, console)
            do {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            } catch {
                guard let report else { throw error }
                let asJSON = OutputOptions.asksForJSON(arguments)
                let outcome = self.report(error, arguments, console, asJSON: asJSON)
                do {
                    try report.finish(Self.problems(of: error))
                } catch {
                    // What ended the command decides about its exit code.
                    _ = self.report(error, arguments, console, asJSON: asJSON)
                }
                end(outcome, console, asJSON: asJSON)
            }
            try report?.finish([])
            end(.done, console, asJSON: OutputOptions.asksForJSON(arguments))
        } catch {
            let asJSON = OutputOptions.asksForJSON(arguments)
            end(report(error, arguments, console, asJSON: asJSON), console, asJSON: asJSON)
        }
    }

    /// Ends the process; data that could not be printed makes a failure of what went well otherwise.
    private static func end(_ outcome: Outcome, _ console: Console, asJSON: Bool) -> Never {
        guard let reason = Console.outputFailure else { leave(outcome.rawValue) }
        let problem = Diagnostic(
            .error, .outputUnwritable, "standard output cannot be written: \(reason)",
            fix: "make room, or send the output somewhere else")
        DiagnosticsPrinter(console: console, asJSON: asJSON).print([problem])
        leave((outcome == .done ? problem.code.outcome : outcome).rawValue)
    }

    /// Without the clean-up of libraries at exit: OpenSSL's frees locks that connections which are being closed on
    /// another thread still use.
    private static func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }

    private static func report(
        _ error: any Error, _ arguments: [String], _ console: Console, asJSON: Bool
    ) -> Outcome {
        let printer = DiagnosticsPrinter(console: console, asJSON: asJSON)
        switch error {
        case let problem as Diagnostic:
            printer.print([problem])
            return problem.code.outcome
        case let report as DiagnosticReport:
            printer.print(report.diagnostics)
            return report.outcome
        case let outcome as OutcomeError:
            return outcome.outcome
        case let ended as ProcessExit:
            leave(ended.code)
        default:
            return reportUsage(error, arguments, console, asJSON: asJSON)
        }
    }

    private static func problems(of error: any Error) -> [Diagnostic] {
        switch error {
        case let problem as Diagnostic: [problem]
        case let report as DiagnosticReport: report.diagnostics
        default: []
        }
    }

    /// What argument parsing says: help on standard output, problems on standard error.
    private static func reportUsage(
        _ error: any Error, _ arguments: [String], _ console: Console, asJSON: Bool
    ) -> Outcome {
        let isFailure = !RootCommand.exitCode(for: error).isSuccess
        // The parser answers `help` of an unknown command with the help of the tool.
        guard isFailure || arguments.first == "help" else {
            console.print(RootCommand.fullMessage(for: error))
            return .done
        }
        var problems = CommandDescription.root().map { UsageCheck(arguments, $0).problems } ?? []
        if problems.isEmpty {
            guard isFailure else {
                console.print(RootCommand.fullMessage(for: error))
                return .done
            }
            problems = [
                Diagnostic(
                    .error, .usage, RootCommand.message(for: error),
                    fix: "`synthdata-infra help` and the name of the command show what it takes")
            ]
        }
        DiagnosticsPrinter(console: console, asJSON: asJSON).print(problems)
        return .invalid
    }
}

/// Ends a command with an outcome that has been told already.
struct OutcomeError: Error {
    let outcome: Outcome
}

/// Ends a command that is a process of its own (a workload, a supervisor) with that process's exit code.
struct ProcessExit: Error {
    let code: Int32
}

extension Diagnostic.Code {
    static let outputUnwritable = Self("output.unwritable", .failed)
}
