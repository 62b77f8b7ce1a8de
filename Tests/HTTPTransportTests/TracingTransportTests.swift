import HTTPTransport
import Synchronization
import Testing

@Suite struct TracingTransportTests {
    final class Traces: Sendable {
        private let values = Mutex<[String]>([])
        func append(_ trace: HTTPTrace) { values.withLock { $0.append(trace.description) } }
        var all: [String] { values.withLock(\.self) }
    }

    @Test func everyAttemptIsReportedWithoutSecrets() async throws {
        let traces = Traces()
        let fake = FakeClient([
            .status(503), .error(.connectionRefused, mayHaveReachedServer: false), .status(200),
        ])
        let clock = FakeClock()
        let tracing = TracingTransport(fake, clock: clock) { traces.append($0) }
        let transport = RetryingTransport(tracing, clock: clock)
        let request = HTTPRequest(
            .get, HTTPURL(host: "a", path: "/p", query: "sig=hidden"), headers: ["Authorization": "hidden"],
            body: Array("hidden".utf8))
        _ = try await transport.send(request)
        _ = try await transport.stream(request)
        #expect(
            traces.all == [
                "GET https://a/p 503 0 ms", "GET https://a/p failed [http.unreachable] 0 ms (attempt 2)",
                "GET https://a/p 200 0 ms (attempt 3)", "GET https://a/p 200 0 ms",
            ])
    }
}
