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
    ///   - records: each replica's counter of records, keyed by its process.
    ///   - sessions: the leaders of the replicas' sessions, whose processes are counted.
    mutating func note(records counters: [String: Double], sessions: Set<pid_t>, at now: Int) {
        if !counters.isEmpty { records.note(counters, at: now) }
        var ticks: [String: Double] = [:]
        var pages = 0
        for entry in ProcessTable.all() where sessions.contains(entry.session) {
            ticks["\(entry.session)", default: 0] += Double(entry.cpuTicks)
            pages += entry.residentPages
        }
        let perSecond = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        cpuSeconds.note(ticks.mapValues { $0 / perSecond }, at: now)
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
