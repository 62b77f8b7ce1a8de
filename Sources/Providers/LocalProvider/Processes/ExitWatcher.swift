import CPosixSpawn
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Tells when processes end, children or not: a pidfd becomes readable then (pidfd_open(2)). One
/// thread waits for all of them, reaps children, and hands the rest of the work on.
final class ExitWatcher: Sendable {
    private struct Watch {
        let process: ProcessIdentity
        let endsGroup: Bool
        let ended: @Sendable (ExitStatus) -> Void
    }

    private let epoll: Int32
    private let watches = Mutex<[Int32: Watch]>([:])

    init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        var thread = pthread_t()
        // The thread keeps the watcher, which lives as long as the program.
        let this = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ExitWatcher>.fromOpaque(argument).takeUnretainedValue().run() }
                return nil
            }, this)
        pthread_detach(thread)
    }

    /// Calls `ended` once, on the watcher's thread, when the process has ended; at once when it has
    /// ended already.
    ///
    /// - Parameter endsGroup: whether what is left of its process group is killed with it. That happens
    ///   before the process is reaped, while its number cannot belong to anyone else.
    func watch(
        _ process: ProcessIdentity, endsGroup: Bool, ended: @escaping @Sendable (ExitStatus) -> Void
    ) {
        let watch = Watch(process: process, endsGroup: endsGroup, ended: ended)
        let descriptor = cps_pidfd_open(process.pid)
        guard descriptor >= 0 else {
            Self.finish(watch)
            return
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        watches.withLock { $0[descriptor] = watch }
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.fd = descriptor
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    private func run() {
        var event = epoll_event()
        while true {
            guard epoll_wait(epoll, &event, 1, -1) == 1 else { continue }
            let descriptor = event.data.fd
            guard let watch = watches.withLock({ $0.removeValue(forKey: descriptor) }) else { continue }
            epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
            close(descriptor)
            Self.finish(watch)
        }
    }

    private static func finish(_ watch: Watch) {
        if watch.endsGroup { ProcessSignal.sendToGroup(of: watch.process, SIGKILL) }
        watch.ended(reap(watch.process.pid))
    }

    private static func reap(_ pid: pid_t) -> ExitStatus {
        var status: Int32 = 0
        while true {
            let result = waitpid(pid, &status, 0)
            if result == pid { return ExitStatus(wait: status) }
            if result < 0, errno == EINTR { continue }
            return .unknown
        }
    }
}
