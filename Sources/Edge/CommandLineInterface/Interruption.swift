import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Turns the first SIGINT or SIGTERM into cancellation, so that a command can end cleanly; a second one
/// ends the process at once.
final class Interruption: Sendable {
    private struct State {
        var work: Task<Void, any Error>?
        var isInterrupted = false
    }

    private let state = Mutex(State())

    static func cancelling(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let interruption = Interruption()
        // The work begins when no signal can be missed any more, nor end the process as if nobody listened.
        let sources = [await interruption.source(of: SIGINT), await interruption.source(of: SIGTERM)]
        defer { for source in sources { source.cancel() } }
        try await interruption.run(work).value
    }

    private func run(_ work: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
        state.withLock { state in
            let task = Task(operation: work)
            state.work = task
            if state.isInterrupted { task.cancel() }
            return task
        }
    }

    private func interrupt() {
        state.withLock { state in
            if state.isInterrupted { _exit(130) }
            state.isInterrupted = true
            state.work?.cancel()
        }
    }

    /// What has seen every signal `number` from the moment that it is returned.
    private func source(of number: Int32) async -> any DispatchSourceSignal {
        // A dispatch source only sees signals that do not end the process first.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { self.interrupt() }
        await withCheckedContinuation { registered in
            source.setRegistrationHandler { registered.resume() }
            source.resume()
        }
        return source
    }
}
