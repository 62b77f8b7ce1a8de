import Dispatch
import Logging
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// The process that keeps one service running, started by a deployment and outliving it.
package enum Supervisor {
    /// Supervises the service of `stateFolder` until it is stopped, told to by the control socket or by
    /// SIGTERM; returns the exit code. The caller's process belongs to it: it changes the umask and
    /// the handling of signals.
    package static func run(stateFolder: String) async -> Int32 {
        umask(0o077)
        var log = Logger(label: "supervisor") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .info
        let folder = StateFolder(path: stateFolder)
        let lock = open(folder.supervisorLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { if lock >= 0 { close(lock) } }
        guard lock >= 0, await take(lock), let identity = ProcessIdentity(running: getpid()) else {
            log.error("another supervisor runs this service, or the state folder cannot be written")
            return 1
        }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let supervisor = ServiceSupervisor(
                folder: folder, identity: identity, loop: loop, balancer: try await Balancer.make(on: loop), log: log,
                ownsFolder: { FileIdentity.isSame(lock, folder.supervisorLock) })
            let server = try await ControlServer.bind(folder, on: loop)
            let terminations = onTermination { await supervisor.stop() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.run { await supervisor.answer($0) } }
                group.addTask { await supervisor.sampleForever() }
                await supervisor.begin()
                await supervisor.waitForEnd()
                // The last events are still on their way to whoever waits for them.
                try? await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
            }
            terminations.cancel()
            return 0
        } catch {
            log.error("\(error)")
            return 1
        }
    }

    /// One supervisor a service: the kernel frees the lock when its process ends. Of a process that was just
    /// killed the socket may be closed, so that its end is known, a moment before the lock is free.
    private static func take(_ lock: Int32) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(2)
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK, ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    private static func onTermination(_ action: @escaping @Sendable () async -> Void) -> any DispatchSourceSignal {
        signal(SIGTERM, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM)
        source.setEventHandler { Task { await action() } }
        source.resume()
        return source
    }
}
