import Diagnostics

/// One attempt at a request, as it may be shown: no header values, no body, no query.
package struct HTTPTrace: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case status(Int)
        case error(HTTPError)
    }

    package let method: HTTPMethod
    /// `https://host:port/path`.
    package let url: String
    /// What the service's reference calls it; nil where address and method tell.
    package let operation: String?
    /// 1 for the first time.
    package let attempt: Int
    package let outcome: Outcome
    /// Until the whole response; for a stream, until its head.
    package let duration: Duration
}

extension HTTPTrace: CustomStringConvertible {
    /// `GET https://host/path 200 12 ms`, with the operation's name behind the address where there is one, and
    /// ` (attempt 2)` for a repeated one.
    package var description: String {
        let end =
            switch outcome {
            case .status(let status): "\(status)"
            case .error(let error): "failed [\(error.diagnostic.code.name)]"
            }
        let again = attempt > 1 ? " (attempt \(attempt))" : ""
        let name = operation.map { " \($0)" } ?? ""
        return "\(method.rawValue) \(url)\(name) \(end) \(Int(duration / .milliseconds(1))) ms\(again)"
    }
}

/// Reports each attempt that passes through it. Inside a ``RetryingTransport`` it sees all of them.
package struct TracingTransport: HTTPClient {
    private let base: any HTTPClient
    private let time: Timekeeper
    private let report: @Sendable (HTTPTrace) -> Void

    package init(
        _ base: any HTTPClient, clock: some Clock<Duration> = ContinuousClock(),
        report: @escaping @Sendable (HTTPTrace) -> Void
    ) {
        self.base = base
        time = Timekeeper(clock)
        self.report = report
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await tracing(request, status: \.status) { () throws(HTTPError) in try await base.send(request) }
    }

    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        try await tracing(request, status: \.status) { () throws(HTTPError) in try await base.stream(request)
        }
    }

    private func tracing<Response>(
        _ request: HTTPRequest, status: (Response) -> Int,
        _ exchange: () async throws(HTTPError) -> Response
    ) async throws(HTTPError) -> Response {
        let start = time.elapsed()
        func trace(_ outcome: HTTPTrace.Outcome) {
            report(
                HTTPTrace(
                    method: request.method, url: request.url.withoutQuery, operation: request.operation,
                    attempt: request.attempt, outcome: outcome, duration: time.elapsed() - start))
        }
        do throws(HTTPError) {
            let response = try await exchange()
            trace(.status(status(response)))
            return response
        } catch {
            trace(.error(error))
            throw error
        }
    }
}
