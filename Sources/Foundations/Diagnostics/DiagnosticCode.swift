extension Diagnostic {
    /// A stable name for a kind of problem (`config.unknown-key`), and the outcome it leads to.
    ///
    /// Modules add their codes as static members in an extension; `docs/diagnostics.md` has an entry
    /// for each.
    public struct Code: Sendable, Hashable {
        public let name: String
        public let outcome: Outcome

        public init(_ name: String, _ outcome: Outcome = .invalid) {
            self.name = name
            self.outcome = outcome
        }
    }
}

/// How a command ended; the raw value is the process's exit code, the same for every command.
public enum Outcome: Int32, Sendable, Hashable, Comparable {
    case done = 0
    /// Something is doomed: waiting longer would not help.
    case failed = 1
    /// Invalid usage or configuration: nothing was attempted.
    case invalid = 2
    /// A plan has changes (`diff --exit-code`).
    case changesPending = 3
    case timedOut = 4
    /// Another deployment of the service is under way.
    case locked = 5
    /// Credentials are missing or lack a permission.
    case denied = 6
    case interrupted = 130

    public static func < (left: Outcome, right: Outcome) -> Bool { left.rawValue < right.rawValue }
}
