package import Diagnostics
package import HTTPTransport

/// Makes the client that speaks to a cluster as its access says: trust, certificates, proxy, credentials that
/// renew themselves, and repetition of what is safe to repeat.
package enum ClusterConnection {
    /// Nothing is connected before the first request.
    ///
    /// - Parameters:
    ///   - environment: of the process: proxies, and what credential plugins are given.
    ///   - isTerminal: whether a credential plugin may ask a person at standard input.
    ///   - trace: told of each attempt at a request.
    /// - Throws: ``Diagnostic`` when the server's address is none.
    package static func client(
        for access: ClusterAccess, environment: [String: String], isTerminal: Bool,
        trace: (@Sendable (HTTPTrace) -> Void)? = nil
    ) throws(Diagnostic) -> (client: any HTTPClient, server: HTTPURL) {
        guard let server = HTTPURL(access.server) else {
            throw Diagnostic(
                .error, .kubeconfig, "`\(access.server)` is not a server's address", at: access.location,
                fix: "write for example https://10.0.0.1:6443")
        }
        let credentials = ClusterCredentials(access, environment: environment, isTerminal: isTerminal)
        let proxy = access.proxy.map(ProxyRule.fixed) ?? .environment(ProxyEnvironment(environment))
        var client: any HTTPClient = PlainOrCertified(credentials, tls: access.tls, proxy: proxy)
        client = AuthenticatingTransport(client, credentials: credentials) { ProxiedAnswer.isServers($1, to: $0) }
        if let trace { client = TracingTransport(client, report: trace) }
        client = RetryingTransport(client)
        if let places = access.places { client = LocatingTransport(client, places: places) }
        return (client, server)
    }
}

extension ClusterAccess {
    fileprivate var tls: TLSConfiguration {
        TLSConfiguration(
            authorities: trust.authorities,
            clientCertificate: clientCertificate, serverName: trust.serverName, acceptsAnyCertificate: trust.isSkipped)
    }
}

/// Sends over connections with the certificate that a credential plugin issued, where one did.
private struct PlainOrCertified: HTTPClient {
    private let credentials: ClusterCredentials
    private let tls: TLSConfiguration
    private let proxy: ProxyRule
    private let plain: CurlTransport
    private let certified = CertifiedTransport()

    init(_ credentials: ClusterCredentials, tls: TLSConfiguration, proxy: ProxyRule) {
        self.credentials = credentials
        self.tls = tls
        self.proxy = proxy
        plain = CurlTransport(tls: tls, proxy: proxy)
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await transport(for: request).send(request)
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        try await transport(for: request).stream(request)
    }

    private func transport(for request: HTTPRequest) async throws(HTTPError) -> CurlTransport {
        do throws(Diagnostic) {
            guard let certificate = try await credentials.credential().certificate else { return plain }
            return await certified.transport(certificate, tls, proxy)
        } catch {
            throw HTTPError(.noCredentials(error), request, mayHaveReachedServer: false)
        }
    }
}

/// The transport of the certificate that was issued last.
private actor CertifiedTransport {
    private var current: (certificate: TLSConfiguration.ClientCertificate, transport: CurlTransport)?

    func transport(
        _ issued: TLSConfiguration.ClientCertificate, _ tls: TLSConfiguration, _ proxy: ProxyRule
    ) -> CurlTransport {
        if let current, current.certificate == issued { return current.transport }
        var tls = tls
        tls.clientCertificate = issued
        let transport = CurlTransport(tls: tls, proxy: proxy)
        current = (issued, transport)
        return transport
    }
}
