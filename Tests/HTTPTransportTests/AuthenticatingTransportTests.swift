import Diagnostics
import HTTPTransport
import Synchronization
import Testing

@Suite struct AuthenticatingTransportTests {
    /// Has a token that is out of date until it is asked to refresh.
    final class Tokens: CredentialProvider {
        private let fresh: String
        private let refreshes = Mutex(0)

        init(fresh: String) { self.fresh = fresh }

        var count: Int { refreshes.withLock(\.self) }

        func headers(for request: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders {
            ["authorization": "Bearer \(count > 0 ? fresh : "stale")"]
        }

        func headers(insteadOf refused: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders? {
            #expect(refused.headers["Authorization"] == "Bearer stale")
            refreshes.withLock { $0 += 1 }
            return try await headers(for: refused)
        }
    }

    @Test func aRefusedTokenIsRefreshedOnce() async throws {
        try await TestServer.with { server async throws in
            let tokens = Tokens(fresh: "fresh")
            let transport = AuthenticatingTransport(CurlTransport(proxy: .direct), credentials: tokens)
            let request = HTTPRequest(.post, server.url("/secret?fresh"), headers: ["Authorization": "mine"])
            // The header's name differs in case only, so the caller's own value is replaced.
            for _ in 0..<2 {
                #expect(try await transport.send(request).status == 200)
            }
            #expect(tokens.count == 1)
        }
    }

    @Test(arguments: [false, true]) func aSecondRefusalIsTheAnswer(_ isStream: Bool) async throws {
        let fake = FakeClient([.status(401)])
        let tokens = Tokens(fresh: "x")
        let transport = AuthenticatingTransport(fake, credentials: tokens)
        let request = HTTPRequest(.get, HTTPURL(host: "a"))
        let status = isStream ? try await transport.stream(request).status : try await transport.send(request).status
        #expect(status == 401)
        #expect(fake.requests.map { $0.headers["Authorization"] } == ["Bearer stale", "Bearer x"])
    }

    struct NoTokens: CredentialProvider {
        func headers(for request: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders {
            throw Diagnostic(.error, .init("test.none"), "there are none")
        }

        func headers(insteadOf refused: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders? { nil }
    }

    @Test func withoutCredentialsNothingIsSent() async throws {
        let fake = FakeClient([.status(200)])
        let error = try await httpError { () throws(HTTPError) in
            try await AuthenticatingTransport(fake, credentials: NoTokens()).send(
                HTTPRequest(.get, HTTPURL(host: "a")))
        }
        #expect(error.diagnostic.code.name == "test.none")
        #expect(!error.mayHaveReachedServer)
        #expect(fake.requests.isEmpty)
    }

    struct OneToken: CredentialProvider {
        func headers(for request: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders { ["Authorization": "Bearer a"] }
        func headers(insteadOf refused: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders? { nil }
    }

    @Test func whatCannotBeRenewedIsNotSentAgain() async throws {
        let fake = FakeClient([.status(401)])
        let transport = AuthenticatingTransport(fake, credentials: OneToken())
        #expect(try await transport.send(HTTPRequest(.get, HTTPURL(host: "a"))).status == 401)
        #expect(fake.requests.count == 1)
    }

    /// Whoever is behind the server has users of its own.
    @Test(arguments: [false, true]) func theRefusalOfSomebodyElseIsTheAnswer(_ isStream: Bool) async throws {
        let fake = FakeClient([.status(401)])
        let tokens = Tokens(fresh: "x")
        let transport = AuthenticatingTransport(fake, credentials: tokens) { request, _ in request.url.host != "a" }
        let request = HTTPRequest(.get, HTTPURL(host: "a"))
        let status = isStream ? try await transport.stream(request).status : try await transport.send(request).status
        #expect(status == 401)
        #expect(fake.requests.count == 1)
        #expect(tokens.count == 0)
    }
}
