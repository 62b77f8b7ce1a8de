import Glibc

/// Repeats what failed for a while and can be repeated without harm: errors that are transient, where the request is
/// idempotent or cannot have reached the server; 500, 502, 503 and 504 to idempotent requests; 429 to all.
///
/// Waits as long as `Retry-After` of a 429 or 503 says, or else a random part of a growing bound. What is left of the
/// deadline decides whether another attempt begins, and so does the request; otherwise the last outcome stands. A
/// stream is repeated until its head is there, and not after that.
package struct RetryingTransport: HTTPClient {
    private let base: any HTTPClient
    private let policy: RetryPolicy
    private let time: Timekeeper
    private let wallClock: @Sendable () -> Int
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - wallClock: seconds since 1970, to which a date in `Retry-After` is compared.
    ///   - random: evenly from 0 to 1.
    package init(
        _ base: any HTTPClient, policy: RetryPolicy = RetryPolicy(), clock: some Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Int = { Glibc.time(nil) },
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.base = base
        self.policy = policy
        time = Timekeeper(clock)
        self.wallClock = wallClock
        self.random = random
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await repeating(request) { request throws(HTTPError) in
            let response = try await base.send(request)
            return (response, response.status, response.headers)
        }
    }

    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        try await repeating(request) { request throws(HTTPError) in
            let response = try await base.stream(request)
            return (response, response.status, response.headers)
        }
    }

    private func repeating<Response>(
        _ request: HTTPRequest,
        _ attempt: (HTTPRequest) async throws(HTTPError) -> (response: Response, status: Int, headers: HTTPHeaders)
    ) async throws(HTTPError) -> Response {
        let end = time.elapsed() + policy.deadline
        var request = request
        while true {
            let outcome: Result<(response: Response, status: Int, headers: HTTPHeaders), HTTPError>
            do throws(HTTPError) {
                outcome = .success(try await attempt(request))
            } catch {
                outcome = .failure(error)
            }
            guard request.attempt < policy.attempts,
                let pause = pause(after: outcome.map { ($0.status, $0.headers) }, of: request),
                time.elapsed() + pause < end
            else { return try outcome.get().response }
            do {
                try await time.sleep(pause)
            } catch {
                throw HTTPError(.cancelled, request, mayHaveReachedServer: true)
            }
            guard await request.mayRepeat() else { return try outcome.get().response }
            request.attempt += 1
        }
    }

    /// How long to wait before the next attempt; nil when there shall be none.
    private func pause(
        after outcome: Result<(status: Int, headers: HTTPHeaders), HTTPError>, of request: HTTPRequest
    ) -> Duration? {
        switch outcome {
        case .failure(let error):
            guard error.isSafeToRetry(request) else { return nil }
        case .success(let head):
            guard policy.isRetried(status: head.status, of: request) else { return nil }
            if [429, 503].contains(head.status),
                let told = RetryAfter.pause(head.headers, secondsSince1970: wallClock())
            {
                return told
            }
        }
        return policy.pause(after: request.attempt, random: random())
    }
}
