import HTTPTransport
import Testing

@Suite struct ProxyTests {
    func transport(_ proxy: String, tls: TLSConfiguration = TLSConfiguration()) throws -> CurlTransport {
        CurlTransport(tls: tls, proxy: .fixed(try #require(ProxyAddress(proxy))))
    }

    @Test func plainRequestsAreForwarded() async throws {
        try await TestServer.with { server async throws in
            try await TestServer.with(["proxy"]) { proxy async throws in
                let url = server.url("/echo", host: "no-such-host.invalid")
                let response = try await transport("127.0.0.1:\(proxy.port)").send(HTTPRequest(.get, url))
                #expect(response.text.contains("Via: 1.1 tests"))
            }
        }
    }

    @Test(arguments: ["http", "socks5"]) func secureRequestsAreTunnelled(_ scheme: String) async throws {
        try await Certificates.with { certificates in
            let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"))
            try await TestServer.with(certificates.server("server")) { server async throws in
                try await TestServer.with([scheme == "http" ? "proxy" : "socks"]) { proxy async throws in
                    let url = server.url("/echo", host: "cluster.internal")
                    let transport = try transport("\(scheme)://127.0.0.1:\(proxy.port)", tls: tls)
                    let response = try await transport.send(HTTPRequest(.get, url))
                    #expect(response.status == 200)
                    #expect(response.headers["X-Proxy"] == nil)
                }
            }
        }
    }

    @Test func aProxyThatAsksForAPasswordGetsIt() async throws {
        try await Certificates.with { certificates in
            let tls = TLSConfiguration(authorities: try certificates.bytes("authority.pem"))
            try await TestServer.with(certificates.server("server")) { server async throws in
                try await TestServer.with(["proxy", "me:hidden"]) { proxy async throws in
                    let address = "127.0.0.1:\(proxy.port)"
                    let right = try transport("http://me:hidden@\(address)", tls: tls)
                    #expect(try await right.send(HTTPRequest(.get, server.url("/echo"))).status == 200)

                    let wrong = try transport("http://me:hidden2@\(address)", tls: tls)
                    let error = try await httpError { () throws(HTTPError) in
                        try await wrong.send(HTTPRequest(.post, server.url("/echo")))
                    }
                    #expect(error.kind == .proxyRefused(status: 407))
                    #expect(!error.mayHaveReachedServer)
                    #expect(!"\(error)".contains("hidden"))
                }
            }
        }
    }

    @Test func credentialsOfAProxyAreNotPrinted() {
        #expect(ProxyAddress("http://me:hidden@proxy:3128")?.description == "http://proxy:3128")
        #expect(ProxyAddress("proxy:3128")?.description == "http://proxy:3128")
        #expect(ProxyAddress("ftp://proxy") == nil)
        #expect(ProxyAddress("http://") == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let url: String
        let proxy: String?
        var none = ""
        var testDescription: String { "\(url) NO_PROXY=\(none)" }
    }

    @Test(arguments: [
        Case(url: "https://example.com/", proxy: "http://secure:1"),
        Case(url: "http://example.com/", proxy: "http://plain:2"),
        Case(url: "https://localhost/", proxy: nil),
        Case(url: "https://127.8.9.10:6443/", proxy: nil),
        Case(url: "https://[::1]:6443/", proxy: nil),
        Case(url: "https://local.localhost/", proxy: "http://secure:1"),
        Case(url: "https://example.com/", proxy: nil, none: "*"),
        Case(url: "https://example.com/", proxy: nil, none: "other.org, example.com"),
        Case(url: "https://EXAMPLE.com/", proxy: nil, none: "Example.COM"),
        Case(url: "https://api.example.com/", proxy: nil, none: "example.com"),
        Case(url: "https://badexample.com/", proxy: "http://secure:1", none: "example.com"),
        Case(url: "https://example.com/", proxy: "http://secure:1", none: ".example.com"),
        Case(url: "https://api.example.com/", proxy: nil, none: ".example.com"),
        Case(url: "https://api.example.com/", proxy: nil, none: "*.example.com"),
        Case(url: "https://example.com/", proxy: nil, none: "example.com:443"),
        Case(url: "https://example.com:6443/", proxy: "http://secure:1", none: "example.com:443"),
        Case(url: "https://10.1.2.3/", proxy: nil, none: "10.0.0.0/8"),
        Case(url: "https://11.1.2.3/", proxy: "http://secure:1", none: "10.0.0.0/8"),
        Case(url: "https://10.1.2.3/", proxy: nil, none: "10.1.2.3"),
        Case(url: "https://10.1.2.3:8443/", proxy: "http://secure:1", none: "10.1.2.3:443"),
        Case(url: "https://[fd00::5]/", proxy: nil, none: "fd00::/8"),
        Case(url: "https://[fd00::5]:8443/", proxy: nil, none: "[fd00::5]:8443"),
        Case(url: "https://example.com/", proxy: "http://secure:1", none: ",  ,/8,10.0.0.0/99,:"),
    ]) func theEnvironmentIsReadAsGoReadsIt(_ test: Case) throws {
        let environment = ProxyEnvironment([
            "HTTPS_PROXY": "secure:1", "https_proxy": "not:9", "http_proxy": "http://plain:2", "NO_PROXY": test.none,
        ])
        let proxy = environment.proxy(for: try #require(HTTPURL(test.url)))
        #expect(proxy?.description == test.proxy)
    }
}
