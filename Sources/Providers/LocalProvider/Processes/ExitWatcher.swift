import CPosixSpawn
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Tells when processes end, children or not: a pidfd becomes readable then (pidfd_open(2)). One
/// thread waits for all of them, reaps children, and hands the rest of the work on.
///
/// Where there is no pidfd to be had (no descriptor or memory is left, an old kernel), the thread asks for
/// the process from time to time: only a process that is known to have ended counts as ended.
final class ExitWatcher: Sendable {
    private struct Watch {
        let process: ProcessIdentity
        let endsGroup: Bool
        let ended: @Sendable (ExitStatus) -> Void
    }

    private struct State {
        var byDescriptor: [Int32: Watch] = [:]
        var polled: [Watch] = []
    }

    private static let pollMilliseconds: Int32 = 50

    private let openProcess: @Sendable (pid_t) -> Int32
    private let epoll: Int32
    /// A pipe that ends the thread's wait when there is something new to poll: its ends to read and to write.
    private let alarm: (read: Int32, write: Int32)
    /// Whether the alarm works; without it the wait ends by itself, again and again.
    private let isAlarmed: Bool
    private let state = Mutex(State())

    /// - Parameter openProcess: pidfd_open(2): a descriptor, or -1 with the problem in `errno`.
    init(openProcess: @escaping @Sendable (pid_t) -> Int32 = { cps_pidfd_open($0) }) {
        self.openProcess = openProcess
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        alarm = (ends[0], ends[1])
        isAlarmed = Self.add(ends[0], to: epoll)
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
        let descriptor = openProcess(process.pid)
        guard descriptor >= 0 else {
            if errno == ESRCH { Self.finish(watch) } else { poll(watch) }
            return
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        state.withLock { $0.byDescriptor[descriptor] = watch }
        guard Self.add(descriptor, to: epoll) else {
            state.withLock { $0.byDescriptor[descriptor] = nil }
            close(descriptor)
            poll(watch)
            return
        }
    }

    private func poll(_ watch: Watch) {
        state.withLock { $0.polled.append(watch) }
        var byte: UInt8 = 1
        // A full pipe rings, too.
        _ = write(alarm.write, &byte, 1)
    }

    private static func add(_ descriptor: Int32, to epoll: Int32) -> Bool {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.fd = descriptor
        return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    private func run() {
        var event = epoll_event()
        while true {
            let isPolling = !isAlarmed || state.withLock { !$0.polled.isEmpty }
            let count = epoll_wait(epoll, &event, 1, isPolling ? Self.pollMilliseconds : -1)
            if count == 1 { handle(event.data.fd) }
            // There is no epoll: polling is all that is left.
            if count < 0, errno != EINTR { usleep(UInt32(Self.pollMilliseconds) * 1000) }
            finishPolled()
        }
    }

    private func handle(_ descriptor: Int32) {
        guard descriptor != alarm.read else {
            var bytes = [UInt8](repeating: 0, count: 64)
            _ = read(alarm.read, &bytes, bytes.count)
            return
        }
        guard let watch = state.withLock({ $0.byDescriptor.removeValue(forKey: descriptor) }) else { return }
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
        close(descriptor)
        Self.finish(watch)
    }

    private func finishPolled() {
        let ended = state.withLock { state in
            let ended = state.polled.filter { Self.hasEnded($0.process) }
            if !ended.isEmpty {
                let numbers = Set(ended.map(\.process))
                state.polled.removeAll { numbers.contains($0.process) }
            }
            return ended
        }
        for watch in ended { Self.finish(watch) }
    }

    /// Whether the process is known to have ended. Needs no descriptor: `/proc` cannot be read without one.
    private static func hasEnded(_ process: ProcessIdentity) -> Bool {
        var information = siginfo_t()
        // A child stays as it is, to be reaped later. Of a child that runs, the signal's number stays 0.
        if waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 {
            return information.si_signo == SIGCHLD
        }
        if kill(process.pid, 0) != 0, errno == ESRCH { return true }
        guard let entry = ProcessTable.entry(process.pid) else { return false }
        return !entry.isRunning || entry.startTicks != process.startTicks
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
