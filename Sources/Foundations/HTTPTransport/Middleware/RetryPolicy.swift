/// How often and how soon a request is repeated.
package struct RetryPolicy: Sendable, Hashable {
    /// The first time included.
    package var attempts: Int
    /// The longest pause before the second attempt. It doubles with each further one, up to `longestPause`.
    package var firstPause: Duration
    package var longestPause: Duration
    /// No attempt begins later than this after the first.
    package var deadline: Duration

    package init(
        attempts: Int = 4, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(10),
        deadline: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.deadline = deadline
    }

    /// Exponential backoff with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/):
    /// anything between nothing and the bound, so that clients that failed together do not come back together.
    func pause(after attempt: Int, random: Double) -> Duration {
        var bound = firstPause
        for _ in 1..<max(1, attempt) where bound < longestPause { bound = bound * 2 }
        return min(bound, longestPause) * random
    }

    /// Whether a response is worth another attempt. 429 says that the request was turned away, so it may be repeated
    /// whatever it was (RFC 6585, section 4).
    func isRetried(status: Int, of request: HTTPRequest) -> Bool {
        status == 429 || (request.isIdempotent && [500, 502, 503, 504].contains(status))
    }
}
