#if canImport(Glibc)
    import Glibc
#endif

/// Collects what replicas use and produce, over the last minute.
struct UsageSampler: Sendable {
    struct Usage: Sendable {
        let recordsPerHour: Double?
        /// Shares of what is granted, 0 to 1 and above.
        let cpu: Double?
        let memory: Double?
    }

    /// How far back, in milliseconds.
    static let window = 60_000

    private var records = RateWindow(span: window)
    private var cpuSeconds = RateWindow(span: window)
    private var residentBytes: Int?

    /// - Parameters:
    ///   - records: the counters of records that could be read, by process.
    ///   - processes: the leaders of the replicas' sessions, whose processes are counted.
    mutating func note(records counters: [ProcessIdentity: Double], of processes: [ProcessIdentity], at now: Int) {
        let alive = Set(processes.map(\.key))
        records.note(
            Dictionary(uniqueKeysWithValues: counters.map { ($0.key.key, $0.value) }), alive: alive, at: now)
        let sessions = Dictionary(processes.map { ($0.pid, $0.key) }) { first, _ in first }
        let perSecond = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        var seconds: [String: Double] = [:]
        var pages = 0
        for entry in ProcessTable.all() {
            guard let session = sessions[entry.session] else { continue }
            seconds[session, default: 0] += Double(entry.cpuTicks) / perSecond
            pages += entry.residentPages
        }
        cpuSeconds.note(seconds, alive: alive, at: now)
        residentBytes = pages * sysconf(Int32(_SC_PAGESIZE))
    }

    func usage(cpuMilli: Int?, memoryBytes: Int?, replicas: Int) -> Usage {
        let count = Double(max(replicas, 1))
        return Usage(
            recordsPerHour: records.perSecond.map { $0 * 3600 },
            cpu: cpuMilli.flatMap { milli in cpuSeconds.perSecond.map { $0 * 1000 / (Double(milli) * count) } },
            memory: memoryBytes.flatMap { bytes in residentBytes.map { Double($0) / (Double(bytes) * count) } })
    }
}

extension ProcessIdentity {
    /// A name for the process that no other gets.
    fileprivate var key: String { "\(pid)-\(startTicks)" }
}
