/// Why the workload could not start: one message for people and the exit code of the process.
package struct StartupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Exit codes that a supervisor can tell apart.
    package enum ExitCode: Int32, Sendable {
        /// The workload failed for a reason outside its configuration.
        case failed = 1
        /// The configuration or the command line is invalid; starting again can't help.
        case invalidConfiguration = 2
        /// The address is taken by another program: Linux's number for EADDRINUSE.
        case addressInUse = 98
    }

    package var exitCode: ExitCode
    package var message: String
    package var hint: String

    package init(_ exitCode: ExitCode, message: String, hint: String) {
        self.exitCode = exitCode
        self.message = message
        self.hint = hint
    }

    /// Two lines: what is wrong, and how to mend it.
    package var description: String { "error: \(message)\nfix: \(hint)" }
}
