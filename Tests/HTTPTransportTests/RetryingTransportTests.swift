import HTTPTransport
import Testing

@Suite struct RetryingTransportTests {
    let clock = FakeClock()
    static let url = HTTPURL(host: "api.example", path: "/things")

    func retrying(_ fake: FakeClient, policy: RetryPolicy = RetryPolicy()) -> RetryingTransport {
        // 1994-11-06T08:49:27Z, ten seconds before the date of RFC 9110's example.
        RetryingTransport(fake, policy: policy, clock: clock, wallClock: { 784_111_767 }, random: { 0.5 })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let method: HTTPMethod
        let outcome: FakeClient.Outcome
        let isRepeated: Bool
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "GET 503", method: .get, outcome: .status(503), isRepeated: true),
        Case(name: "PUT 500", method: .put, outcome: .status(500), isRepeated: true),
        Case(name: "POST 503", method: .post, outcome: .status(503), isRepeated: false),
        Case(name: "POST 429", method: .post, outcome: .status(429), isRepeated: true),
        Case(name: "GET 404", method: .get, outcome: .status(404), isRepeated: false),
        Case(name: "GET 501", method: .get, outcome: .status(501), isRepeated: false),
        Case(
            name: "GET lost", method: .get,
            outcome: .error(.connectionLost(afterFirstByte: true), mayHaveReachedServer: true), isRepeated: true),
        Case(
            name: "POST lost", method: .post,
            outcome: .error(.connectionLost(afterFirstByte: false), mayHaveReachedServer: true), isRepeated: false),
        Case(
            name: "PATCH refused", method: .patch, outcome: .error(.connectionRefused, mayHaveReachedServer: false),
            isRepeated: true),
        Case(
            name: "GET untrusted", method: .get, outcome: .error(.tls(.notTrusted), mayHaveReachedServer: false),
            isRepeated: false),
        Case(
            name: "GET cancelled", method: .get, outcome: .error(.cancelled, mayHaveReachedServer: true),
            isRepeated: false),
    ]) func repeatsWhatIsTransientAndHarmless(_ test: Case) async throws {
        for isStream in [false, true] {
            let fake = FakeClient([test.outcome, .status(200)])
            let request = HTTPRequest(test.method, Self.url)
            if isStream {
                _ = try? await retrying(fake).stream(request)
            } else {
                _ = try? await retrying(fake).send(request)
            }
            #expect(fake.requests.map(\.attempt) == (test.isRepeated ? [1, 2] : [1]))
        }
    }

    @Test func aPatchThatIsIdempotentIsRepeated() async throws {
        let fake = FakeClient([.status(503), .status(200)])
        #expect(try await retrying(fake).send(HTTPRequest(.patch, Self.url, isIdempotent: true)).status == 200)
    }

    @Test func pausesGrowAndTheLastOutcomeStands() async throws {
        let fake = FakeClient([.status(503)])
        let policy = RetryPolicy(attempts: 5, firstPause: .seconds(1), longestPause: .seconds(3))
        #expect(try await retrying(fake, policy: policy).send(HTTPRequest(.get, Self.url)).status == 503)
        #expect(clock.pauses == [.milliseconds(500), .seconds(1), .milliseconds(1500), .milliseconds(1500)])
        #expect(fake.requests.count == 5)
    }

    @Test(arguments: [
        ("7", Duration.seconds(7)), ("0", .zero), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(10)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", .zero), ("soon", .milliseconds(100)), ("-1", .milliseconds(100)),
        ("Sun, 06 Foo 1994 08:49:37 GMT", .milliseconds(100)),
    ]) func retryAfterIsHeeded(_ value: String, _ pause: Duration) async throws {
        let fake = FakeClient([.status(429, ["retry-after": value]), .status(200)])
        #expect(try await retrying(fake).send(HTTPRequest(.post, Self.url)).status == 200)
        #expect(clock.pauses == [pause])
    }

    @Test func noAttemptBeginsAfterTheDeadline() async throws {
        let fake = FakeClient([.status(503, ["Retry-After": "25"])])
        #expect(try await retrying(fake).send(HTTPRequest(.get, Self.url)).status == 503)
        #expect(fake.requests.count == 3)
        #expect(clock.now.offset == .seconds(50))
    }

    @Test func cancellingEndsAPause() async throws {
        let fake = FakeClient([.status(503, ["Retry-After": "30"])])
        let sending = Task { try await RetryingTransport(fake).send(HTTPRequest(.get, Self.url)) }
        while fake.requests.isEmpty { await Task.yield() }
        sending.cancel()
        guard case .failure(let error as HTTPError) = await sending.result else {
            Issue.record("it went on")
            return
        }
        #expect(error.kind == .cancelled)
    }

    @Test func aBusyServerIsAskedAgain() async throws {
        try await TestServer.with { server async throws in
            let transport = RetryingTransport(CurlTransport(proxy: .direct), random: { 0 })
            #expect(try await transport.send(HTTPRequest(.post, server.url("/busy?2"))).status == 200)
            #expect(try await server.count("requests:/busy") == 3)
        }
    }
}
