import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

/// Turns the first SIGINT or SIGTERM into cancellation, so that a command can end cleanly; a second one
/// ends the process at once.
enum Interruption {
    static func cancelling(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            // A dispatch source only sees signals that do not end the process first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { _exit(130) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await task.value
    }
}
