#if canImport(Glibc)
    import Glibc
#endif

/// How a process ended.
enum ExitStatus: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// Another process's child: Linux tells its end, not how.
    case unknown

    /// Reads the status word of wait(2).
    init(wait status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
}

extension ExitStatus: CustomStringConvertible {
    /// Signals whose default action ends a process (signal(7)).
    private static let signalNames: [Int32: String] = [
        SIGABRT: "SIGABRT", SIGALRM: "SIGALRM", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGHUP: "SIGHUP", SIGILL: "SIGILL",
        SIGINT: "SIGINT", SIGKILL: "SIGKILL", SIGPIPE: "SIGPIPE", SIGQUIT: "SIGQUIT", SIGSEGV: "SIGSEGV",
        SIGSYS: "SIGSYS", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
        SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
    ]

    var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let signal):
            "was ended by signal \(signal)\(Self.signalNames[signal].map { " (\($0))" } ?? "")"
        case .unknown: "ended"
        }
    }
}
