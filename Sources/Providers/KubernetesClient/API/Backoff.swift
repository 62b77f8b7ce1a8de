/// Growing times to wait between attempts, each drawn at random up to a bound that doubles.
///
/// "Full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
package struct Backoff: Sendable {
    private let initial: Duration
    private let maximum: Duration
    private var bound: Duration
    private let random: @Sendable (ClosedRange<Double>) -> Double

    package init(
        initial: Duration = .milliseconds(200), maximum: Duration = .seconds(30),
        random: @escaping @Sendable (ClosedRange<Double>) -> Double = { Double.random(in: $0) }
    ) {
        self.initial = initial
        self.maximum = maximum
        bound = initial
        self.random = random
    }

    package mutating func next() -> Duration {
        let time = bound * random(0...1)
        bound = min(bound * 2, maximum)
        return time
    }

    /// Something went well: the next failure is a first one.
    mutating func reset() { bound = initial }
}
