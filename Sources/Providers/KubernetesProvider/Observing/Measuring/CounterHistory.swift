/// How fast a counter grows, by what it was at several times.
///
/// Few events in a short time tell little: then the average since the counter began says more.
struct CounterHistory: Sendable {
    /// How far back is looked, in seconds.
    static let span = 300.0
    /// From so many seconds on, a counter that stands still is one that does.
    private static let patience = 60.0
    /// From so many events on, a short time tells how fast they come.
    private static let enough = 10.0

    private var points: [(time: Double, value: Double)] = []

    /// - Parameter time: seconds; only differences matter.
    mutating func note(_ value: Double, at time: Double) {
        // A counter that shrank was reset: what it was before tells nothing.
        if let last = points.last, value < last.value { points = [] }
        points.append((time, value))
        while points.count > 2, points[1].time <= time - Self.span { points.removeFirst() }
    }

    /// When it was looked at last; nil before that.
    var latest: Double? { points.last?.time }

    /// Since when it is known, in seconds.
    var length: Double { (points.last?.time ?? 0) - (points.first?.time ?? 0) }

    /// Events a second, and the seconds that this is an average of.
    ///
    /// - Parameter age: since when the counter has counted from zero; nil where that is not known.
    func rate(age: Double?) -> (perSecond: Double, window: Double)? {
        guard let first = points.first, let last = points.last else { return nil }
        let growth = last.value - first.value
        if length > 0, growth >= Self.enough || length >= Self.patience { return (growth / length, length) }
        guard let age, age >= 1 else { return nil }
        return (last.value / age, age)
    }
}
