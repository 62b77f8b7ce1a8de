import Glibc

/// How often and how soon a call is repeated: as the SDKs' standard mode does.
package struct AWSRetryPolicy: Sendable {
    /// The first time included: `AWS_MAX_ATTEMPTS`.
    package var attempts: Int
    /// No pause is longer.
    package var longestPause: Duration
    /// Evenly from 0 to 1.
    package var random: @Sendable () -> Double
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Seconds since 1970.
    package var wallClock: @Sendable () -> Int

    package init(
        attempts: Int = 3, longestPause: Duration = .seconds(20),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        wallClock: @escaping @Sendable () -> Int = { Glibc.time(nil) }
    ) {
        self.attempts = attempts
        self.longestPause = longestPause
        self.random = random
        self.sleep = sleep
        self.wallClock = wallClock
    }

    /// - Parameter attempt: the one that failed, from 1.
    func pause(after attempt: Int) -> Duration {
        min(.seconds(1) * Double(1 << min(attempt - 1, 10)) * random(), longestPause)
    }
}
