import HTTPTransport
import TestSupport
import Testing

@Suite struct HTTP2Tests {
    func withServer(_ body: (TestServer, CurlTransport) async throws -> Void) async throws {
        try await Certificates.with { certificates in
            let arguments = [certificates.path("server.pem"), certificates.path("server.key")]
            let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"))
            try await TestServer.with(arguments, program: "http2_server.py") { server in
                try await body(server, CurlTransport(tls: tls, proxy: .direct))
            }
        }
    }

    @Test func manyRequestsShareOneConnection() async throws {
        try await withServer { server, transport in
            try await withThrowingTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        try await transport.send(HTTPRequest(.post, server.url("/slow"), body: [1, 2, 3]))
                    }
                }
                for try await response in group {
                    #expect(response.status == 200)
                    #expect(response.headers["X-Version"] == "2")
                }
            }
            #expect(try await server.count("requests:/slow") == 64)
            // The others are those of the counts.
            #expect(try await server.count("connections") == 1 + 2)
        }
    }

    @Test func aCancelledStreamLeavesTheConnectionToOthers() async throws {
        try await withServer { server, transport in
            for _ in 0..<3 {
                let response = try await transport.stream(
                    HTTPRequest(.get, server.url("/endless"), timeouts: .streaming(idle: .seconds(30))))
                for try await bytes in response.body where !bytes.isEmpty { break }
            }
            #expect(try await transport.send(HTTPRequest(.get, server.url("/slow"))).status == 200)
            try await eventually { try await server.count("resets") == 3 }
            let response = try await transport.send(HTTPRequest(.get, server.url("/counts")))
            #expect(response.text.contains("requests:/endless 3"))
        }
    }
}
