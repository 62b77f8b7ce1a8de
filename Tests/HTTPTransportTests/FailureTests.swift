import HTTPTransport
import Testing

@Suite struct FailureTests {
    let transport = CurlTransport(proxy: .direct)

    struct Fault: Sendable, CustomTestStringConvertible {
        let target: String
        let kind: HTTPError.Kind
        var timeouts = HTTPTimeouts()
        var testDescription: String { target }
    }

    @Test(arguments: [
        Fault(target: "/reset", kind: .connectionLost(afterFirstByte: false)),
        Fault(target: "/reset-amid", kind: .connectionLost(afterFirstByte: true)),
        Fault(target: "/close-amid", kind: .connectionLost(afterFirstByte: true)),
        Fault(target: "/rubbish", kind: .invalidResponse),
        Fault(target: "/silent", kind: .timedOut, timeouts: HTTPTimeouts(total: .seconds(2))),
        Fault(target: "/silent", kind: .idleTimedOut, timeouts: .streaming(idle: .seconds(2))),
        Fault(target: "/chunks?100,0.1", kind: .timedOut, timeouts: HTTPTimeouts(total: .seconds(2))),
        Fault(target: "/chunks?2,8", kind: .idleTimedOut, timeouts: .streaming(idle: .seconds(2))),
    ]) func aFaultOfTheServerHasItsOwnKind(_ fault: Fault) async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(.post, server.url(fault.target), timeouts: fault.timeouts)
            let error = try await httpError { () throws(HTTPError) in try await transport.send(request) }
            #expect(error.kind == fault.kind)
            #expect(error.mayHaveReachedServer)
            #expect(!error.isSafeToRetry(request))
        }
    }

    @Test func aStreamThatKeepsComingIsNotIdle() async throws {
        try await TestServer.with { server async throws in
            // Each pause is far shorter than the time, all of them together are longer.
            let request = HTTPRequest(.get, server.url("/chunks?6,1"), timeouts: .streaming(idle: .seconds(5)))
            #expect(try await transport.send(request).text.hasSuffix("chunk 5\n"))
        }
    }

    @Test func aClosedPortRefuses() async throws {
        let error = try await httpError { () throws(HTTPError) in
            try await transport.send(HTTPRequest(.post, HTTPURL(scheme: .http, host: "127.0.0.1", port: 1)))
        }
        #expect(error.kind == .connectionRefused)
        #expect(!error.mayHaveReachedServer)
        #expect(error.isSafeToRetry(HTTPRequest(.post, HTTPURL(host: "x"))))
    }

    @Test func aNameWithoutAddressIsSaid() async throws {
        let error = try await httpError { () throws(HTTPError) in
            try await transport.send(HTTPRequest(.get, HTTPURL(host: "no-such-host.invalid")))
        }
        #expect(error.kind == .nameNotResolved)
    }

    @Test(arguments: ["reset", "close"]) func aHandshakeThatIsCutMayBeTriedAgain(how: String) async throws {
        try await TestServer.with([how]) { server async throws in
            var url = server.url("/")
            url.scheme = .https
            let request = HTTPRequest(.post, url)
            let error = try await httpError { () throws(HTTPError) in try await transport.send(request) }
            #expect(error.kind == .connectionLost(afterFirstByte: false))
            #expect(!error.mayHaveReachedServer)
            #expect(error.isSafeToRetry(request))
        }
    }

    @Test func aServerThatNeverAnswersTheHandshakeTimesOut() async throws {
        try await TestServer.with(["mute"]) { server async throws in
            var url = server.url("/")
            url.scheme = .https
            let timeouts = HTTPTimeouts(connect: .milliseconds(300), total: .seconds(20))
            let error = try await httpError { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.post, url, timeouts: timeouts))
            }
            #expect(error.kind == .connectTimedOut)
            #expect(!error.mayHaveReachedServer)
        }
    }

    @Test(arguments: [HTTPMethod.post, .patch]) func aKeptConnectionThatClosesDoesNotRepeatThem(
        _ method: HTTPMethod
    ) async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(method, server.url("/close-when-reused"))
            #expect(try await transport.send(request).status == 200)
            let error = try await httpError { () throws(HTTPError) in try await transport.send(request) }
            #expect(error.kind == .connectionLost(afterFirstByte: false))
            #expect(error.mayHaveReachedServer)
            #expect(try await server.count("requests:/close-when-reused") == 2)
        }
    }

    @Test func aKeptConnectionThatClosesRepeatsWhatIsIdempotent() async throws {
        try await TestServer.with { server async throws in
            let request = HTTPRequest(.put, server.url("/close-when-reused"))
            for _ in 0..<2 { #expect(try await transport.send(request).status == 200) }
            #expect(try await server.count("requests:/close-when-reused") == 3)
        }
    }

    @Test(arguments: ["a@127.0.0.1", "127.0.0.1/", "127.0.0.1#", "127.0.0.1?", "127.0.0.1\r\nX: y", "a b", ""])
    func aHostThatWouldBecomeAnotherIsRefused(_ host: String) async throws {
        let error = try await httpError { () throws(HTTPError) in
            try await transport.send(HTTPRequest(.get, HTTPURL(scheme: .http, host: host, port: 1)))
        }
        #expect(error.kind == .invalidRequest)
        #expect(!error.mayHaveReachedServer)
    }

    @Test func messagesHoldNoSecrets() async throws {
        let request = HTTPRequest(
            .get, HTTPURL(scheme: .http, host: "127.0.0.1", port: 1, path: "/p", query: "signature=hidden"),
            headers: ["Authorization": "Bearer hidden"], body: Array("hidden".utf8))
        let error = try await httpError { () throws(HTTPError) in try await transport.send(request) }
        #expect(!"\(error) \(String(reflecting: error)) \(request) \(request.headers)".contains("hidden"))
        #expect(error.description.contains("GET http://127.0.0.1:1/p"))
    }
}
