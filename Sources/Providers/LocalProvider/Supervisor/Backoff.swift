/// How long to wait before a replica that failed is started again: doubled with each failure, up to a
/// maximum, and spread by jitter so that replicas that fail together do not return together.
struct Backoff: Sendable, Equatable {
    let initial: Int
    let maximum: Int

    /// Milliseconds to wait after the `failures`-th failure in a row.
    ///
    /// - Parameter jitter: 0 to 1; 1 waits the whole time, 0 half of it ("equal jitter").
    func delay(afterFailures failures: Int, jitter: Double) -> Int {
        guard failures > 0 else { return 0 }
        var whole = min(initial, maximum)
        for _ in 1..<max(failures, 1) where whole < maximum { whole = min(whole * 2, maximum) }
        return whole / 2 + Int(Double(whole - whole / 2) * min(max(jitter, 0), 1))
    }
}
