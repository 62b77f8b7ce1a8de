import Diagnostics
import HTTPTransport
import Testing

@Suite struct TLSTests {
    @Test func aCertificateOfTheGivenAuthorityIsTrusted() async throws {
        try await Certificates.with { certificates in
            let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"))
            try await TestServer.with(certificates.server("server")) { server async throws in
                let transport = CurlTransport(tls: tls, proxy: .direct)
                #expect(try await transport.send(HTTPRequest(.get, server.url("/echo"))).status == 200)
                let localhost = server.url("/echo", host: "localhost")
                #expect(try await transport.send(HTTPRequest(.get, localhost)).status == 200)
            }
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let certificate: String
        let authority: String?
        let problem: HTTPError.TLSProblem
        var testDescription: String { "\(certificate), trusting \(authority ?? "the system's")" }
    }

    @Test(arguments: [
        Fault(certificate: "server", authority: nil, problem: .notTrusted),
        Fault(certificate: "server", authority: "stranger.pem", problem: .notTrusted),
        Fault(certificate: "other-name", authority: "authority.pem", problem: .nameMismatch),
        Fault(certificate: "expired", authority: "authority.pem", problem: .expired),
        Fault(certificate: "server", authority: "server.key", problem: .unusableConfiguration),
        Fault(certificate: "server", authority: "empty.pem", problem: .unusableConfiguration),
    ]) func aCertificateThatDoesNotHoldIsToldApart(_ fault: Fault) async throws {
        try await Certificates.with { certificates in
            let authorities = try fault.authority.map { try certificates.bytes($0) }
            try await TestServer.with(certificates.server(fault.certificate)) { server async throws in
                let transport = CurlTransport(tls: TLSConfiguration(authorities: authorities), proxy: .direct)
                let error = try await httpError { () throws(HTTPError) in
                    try await transport.send(HTTPRequest(.post, server.url("/echo")))
                }
                #expect(error.kind == .tls(fault.problem), "\(error)")
                #expect(error.detail != nil)
                #expect(!error.mayHaveReachedServer)
                let unsafe = CurlTransport(tls: TLSConfiguration(acceptsAnyCertificate: true), proxy: .direct)
                #expect(try await unsafe.send(HTTPRequest(.get, server.url("/echo"))).status == 200)
            }
        }
    }

    /// `tls-server-name` of a kubeconfig: other than the place to connect to, and other than `Host`.
    @Test func theExpectedNameCanBeAnother() async throws {
        try await Certificates.with { certificates in
            for (name, certificate) in [("elsewhere.example", "other-name"), ("cluster.internal", "server")] {
                try await TestServer.with(certificates.server(certificate)) { server async throws in
                    let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"), serverName: name)
                    let transport = CurlTransport(tls: tls, proxy: .direct)
                    let response = try await transport.send(HTTPRequest(.get, server.url("/echo")))
                    #expect(response.text.contains("Host: 127.0.0.1:\(server.port)"))
                }
            }
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        try await Certificates.with { certificates in
            let authorities = try certificates.bytes("authority.pem")
            let arguments = certificates.server("server", clientAuthority: "authority")
            try await TestServer.with(arguments) { server async throws in
                let known = TLSConfiguration(authorities: authorities, clientCertificate: try certificates.client)
                let transport = CurlTransport(tls: known, proxy: .direct)
                #expect(try await transport.send(HTTPRequest(.get, server.url("/echo"))).status == 200)

                let unknown = CurlTransport(tls: TLSConfiguration(authorities: authorities), proxy: .direct)
                let error = try await httpError { () throws(HTTPError) in
                    try await unknown.send(HTTPRequest(.post, server.url("/echo")))
                }
                #expect(error.kind == .tls(.clientCertificateRefused))
                #expect(!error.mayHaveReachedServer)
            }
        }
    }

    @Test func aKeyOfAnotherCertificateIsUnusable() async throws {
        try await Certificates.with { certificates in
            var client = try certificates.client
            client.key = Redacted(try certificates.bytes("server.key"))
            let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"), clientCertificate: client)
            #expect(
                !"\(tls) \(client) \(String(reflecting: tls))".contains(
                    "\(client.key.secret.prefix(8).map(String.init))"))
            try await TestServer.with(certificates.server("server")) { server async throws in
                let error = try await httpError { () throws(HTTPError) in
                    try await CurlTransport(tls: tls, proxy: .direct).send(HTTPRequest(.get, server.url("/echo")))
                }
                #expect(error.kind == .tls(.unusableConfiguration))
            }
        }
    }

    @Test func aServerWithoutTLSIsToldApart() async throws {
        try await TestServer.with { server async throws in
            var url = server.url("/echo")
            url.scheme = .https
            let error = try await httpError { () throws(HTTPError) in
                try await CurlTransport(proxy: .direct).send(HTTPRequest(.get, url))
            }
            // This one does not answer what it cannot read.
            let kinds: [HTTPError.Kind] = [
                .tls(.handshake), .connectTimedOut, .connectionLost(afterFirstByte: false),
            ]
            #expect(kinds.contains(error.kind))
            #expect(!error.mayHaveReachedServer)
        }
    }
}
