import CPosixSpawn

#if canImport(Glibc)
    import Glibc
#endif

/// Signals processes that are known to be ours, and no others.
enum ProcessSignal {
    /// Signals the process group that `leader` leads. The group's number cannot be used again while the
    /// leader is there, ended or not, so its identity is compared first; of a leader that was reaped,
    /// nothing is signalled.
    static func sendToGroup(of leader: ProcessIdentity, _ signal: Int32) {
        guard ProcessTable.entry(leader.pid)?.startTicks == leader.startTicks else { return }
        kill(-leader.pid, signal)
    }

    static func send(to process: ProcessIdentity, _ signal: Int32) {
        withDescriptor(process.pid) { descriptor in
            guard process.isRunning else { return }
            _ = cps_pidfd_send_signal(descriptor, signal)
        }
    }

    /// Kills every process whose environment holds `marker`, except those listed; returns how many.
    static func killMarked(_ marker: String, except spared: Set<pid_t>) -> Int {
        var count = 0
        for pid in ProcessTable.marked(marker) where !spared.contains(pid) {
            withDescriptor(pid) { descriptor in
                // The descriptor pins the process: what the marker says now holds for what is signalled.
                guard ProcessTable.isMarked(pid, marker), cps_pidfd_send_signal(descriptor, SIGKILL) == 0 else {
                    return
                }
                count += 1
            }
        }
        return count
    }

    private static func withDescriptor(_ pid: pid_t, _ body: (Int32) -> Void) {
        let descriptor = cps_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        body(descriptor)
        close(descriptor)
    }
}
