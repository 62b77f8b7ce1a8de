import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite struct CurlTransportTests {
    let transport = CurlTransport(proxy: .direct)

    @Test(arguments: HTTPMethod.allCases) func sendsMethodHeadersAndBodyAsTheyAre(_ method: HTTPMethod) async throws {
        try await TestServer.with { server async throws in
            var request = HTTPRequest(
                method, server.url("/echo/a%2Fb/../c?x=%20&y"), headers: ["X-One": "1", "x-empty": ""])
            if method != .get, method != .head, method != .options {
                request.headers.append("Content-Type", "application/json")
                request.body = Array("{\"a\": 1}".utf8)
            }
            let response = try await transport.send(request)
            #expect(response.status == 200)
            #expect(response.headers.values("X-TWO") == ["a", "b"])
            #expect(response.headers["x-empty"] == "")
            guard method != .head else { return }
            let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines.first == "\(method.rawValue) /echo/a%2Fb/../c?x=%20&y")
            #expect(lines.contains("X-One: 1"))
            #expect(lines.contains("x-empty:"))
            #expect(lines.contains("Content-Type: application/json") == !request.body.isEmpty)
            #expect(!lines.contains { $0.hasPrefix("Expect") })
            #expect(lines.last == String(decoding: request.body, as: UTF8.self))
        }
    }

    @Test func aPostWithoutBodySaysSo() async throws {
        try await TestServer.with { server async throws in
            let response = try await transport.send(HTTPRequest(.post, server.url("/echo")))
            #expect(response.text.contains("Content-Length: 0"))
            #expect(!response.text.contains("Content-Type"))
        }
    }

    @Test(arguments: [
        "bad\r\nX-Injected: 1", "bad\nX: 1", "bad\0",
    ]) func aHeaderThatWouldEndItsLineIsRefused(_ value: String) async throws {
        try await TestServer.with { server async throws in
            let error = try await httpError { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.get, server.url("/echo"), headers: ["X": value]))
            }
            #expect(error.kind == .invalidRequest)
            #expect(!error.mayHaveReachedServer)
            #expect(try await server.count("requests:/echo") == 0)
        }
    }

    @Test func interimHeadsAreNotTheResponse() async throws {
        try await TestServer.with { server async throws in
            let response = try await transport.send(HTTPRequest(.get, server.url("/interim")))
            #expect(response.status == 200)
            #expect(response.headers["X-Final"] == "yes")
            #expect(response.headers["X-Early"] == nil)
        }
    }

    @Test func connectionsAreUsedAgain() async throws {
        try await TestServer.with { server async throws in
            func round() async throws {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<64 {
                        group.addTask { try await transport.send(HTTPRequest(.get, server.url("/slow?0.05"))).status }
                    }
                    for try await status in group { #expect(status == 200) }
                }
            }
            try await round()
            try await round()
            // One of them is that of the count.
            #expect(try await server.count("connections") <= 64 + 1)
            #expect(try await server.count("requests:/slow") == 128)
        }
    }

    /// Without TLS there is no connection that carries many requests, and so none to be waited for.
    @Test func requestsToAServerThatClosesItsConnectionsAreUnderWayTogether() async throws {
        try await TestServer.with { server async throws in
            _ = try await transport.send(HTTPRequest(.get, server.url("/meet?1")))
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { try await transport.send(HTTPRequest(.get, server.url("/meet?9"))).status }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func aBodyOverTheLimitIsNotGathered() async throws {
        try await TestServer.with { server async throws in
            let error = try await httpError { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.get, server.url("/flood?200"), responseLimit: 100_000))
            }
            #expect(error.kind == .responseTooLarge(limit: 100_000))
            try await eventually { try await server.count("closed") > 0 }
            #expect(try await server.count("flooded") < 50 << 20)
        }
    }

    /// In a process of its own: other threads read the environment while it is changed here.
    @Test func libcurlReadsNoProxyFromTheProcess() async throws {
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            try await TestServer.with { server async throws in
                let response = try await CurlTransport(proxy: .direct).send(HTTPRequest(.get, server.url("/echo")))
                try #require(response.status == 200)
            }
        }
    }

    @Test func aTransportThatIsLetGoClosesItsConnections() async throws {
        try await TestServer.with { server async throws in
            do {
                let own = CurlTransport(proxy: .direct)
                #expect(try await own.send(HTTPRequest(.get, server.url("/echo"))).status == 200)
            }
            try await eventually { try await server.count("closed") >= 1 }
        }
    }
}
