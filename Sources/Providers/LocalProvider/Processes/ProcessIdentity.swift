import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// A process as its number and the moment it started, in clock ticks since the machine did (field 22 of
/// `/proc/PID/stat`, proc(5)): numbers are used again, pairs are not.
struct ProcessIdentity: Sendable, Hashable {
    let pid: pid_t
    let startTicks: UInt64

    init(pid: pid_t, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }

    /// The process that has this number now; nil when none runs (one that ended and waits to be reaped
    /// does not run).
    init?(running pid: pid_t) {
        guard let entry = ProcessTable.entry(pid), entry.isRunning else { return nil }
        self.init(pid: pid, startTicks: entry.startTicks)
    }

    var isRunning: Bool { ProcessIdentity(running: pid) == self }

    init?(document: Node) {
        guard let pid = document["pid"]?.integer, let ticks = document["startTicks"]?.integer, pid > 1, ticks >= 0,
            pid <= Int(Int32.max)
        else { return nil }
        self.init(pid: pid_t(pid), startTicks: UInt64(ticks))
    }

    var document: Node { ["pid": .integer(Int(pid)), "startTicks": .integer(Int(startTicks))] }
}
