/// The speed of counters over the last minute, whatever restarts in between.
///
/// Counters only grow; one that shrank was reset and counts from zero again (as Prometheus' `rate`
/// reads them).
struct RateWindow: Sendable {
    /// Milliseconds looked back.
    let span: Int
    private var last: [String: Double] = [:]
    private var total = 0.0
    private var points: [(time: Int, total: Double)] = []

    init(span: Int) {
        self.span = span
    }

    /// Notes the counters of one moment.
    ///
    /// - Parameter alive: every counter that still exists; one that was not read this time keeps its place.
    mutating func note(_ counters: [String: Double], alive: Set<String>, at now: Int) {
        for (name, value) in counters {
            // The first sight of a counter tells nothing of when it counted.
            if let before = last[name] { total += value >= before ? value - before : value }
            last[name] = value
        }
        last = last.filter { alive.contains($0.key) }
        // Before anything was ever counted, nothing is known, which is not zero.
        guard !counters.isEmpty || !points.isEmpty else { return }
        points.append((now, total))
        while points.count > 2, points[1].time <= now - span { points.removeFirst() }
    }

    /// Increase a second; nil until two moments are known.
    var perSecond: Double? {
        guard let first = points.first, let end = points.last, end.time > first.time else { return nil }
        return (end.total - first.total) / Double(end.time - first.time) * 1000
    }
}
