import Diagnostics
import HTTPTransport
import Testing

/// Nothing that carries a credential shows it, however it is printed.
@Suite struct SecrecyTests {
    private static func everyPrint(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \(dumped)"
    }

    @Test func noPrintShowsASecret() throws {
        let headers: HTTPHeaders = ["Authorization": "Bearer hush"]
        let url = HTTPURL(host: "a", query: "signature=hush")
        let proxy = try #require(ProxyAddress("http://me:hush@proxy:3128"))
        let tls = TLSConfiguration(
            clientCertificate: .init(certificate: [], key: Redacted(Array("hush".utf8))))
        let prints = [
            Self.everyPrint(headers), Self.everyPrint(headers.fields),
            Self.everyPrint(HTTPRequest(.get, url, headers: headers, body: Array("hush".utf8))),
            Self.everyPrint(ProxyRule.fixed(proxy)), Self.everyPrint(tls),
        ]
        // A key's bytes would be printed as numbers.
        for print in prints { #expect(!print.contains("hush") && !print.contains("104")) }
    }
}
