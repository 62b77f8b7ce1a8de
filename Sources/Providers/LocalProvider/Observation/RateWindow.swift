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

    /// Notes all counters of one moment; those that are not named keep what they counted.
    mutating func note(_ counters: [String: Double], at now: Int) {
        for (name, value) in counters {
            // The first sight of a counter tells nothing of when it counted.
            if let before = last[name] { total += value >= before ? value - before : value }
            last[name] = value
        }
        points.append((now, total))
        while points.count > 2, points[1].time <= now - span { points.removeFirst() }
    }

    mutating func forget(except names: Set<String>) {
        last = last.filter { names.contains($0.key) }
    }

    /// Increase a second; nil until two moments are known.
    var perSecond: Double? {
        guard let first = points.first, let end = points.last, end.time > first.time else { return nil }
        return (end.total - first.total) / Double(end.time - first.time) * 1000
    }
}
