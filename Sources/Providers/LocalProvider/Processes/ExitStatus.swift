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
    var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let signal):
            "was ended by signal \(signal) (\(strsignal(signal).map { String(cString: $0) } ?? "unknown"))"
        case .unknown: "ended"
        }
    }
}
