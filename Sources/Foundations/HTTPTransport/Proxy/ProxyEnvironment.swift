/// The proxies that environment variables name, read as Go's programs do, kubectl among them
/// (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config).
package struct ProxyEnvironment: Sendable, Hashable {
    private var proxies: [HTTPURL.Scheme: ProxyAddress] = [:]
    private var exceptions: [ProxyException] = []

    /// Upper-case names win over lower-case ones. A proxy that is no address is none.
    package init(_ environment: [String: String]) {
        func value(_ name: String) -> String? {
            [name, name.lowercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        proxies[.https] = value("HTTPS_PROXY").flatMap { ProxyAddress($0) }
        proxies[.http] = value("HTTP_PROXY").flatMap { ProxyAddress($0) }
        exceptions = (value("NO_PROXY") ?? "").split(separator: ",").compactMap { ProxyException(String($0)) }
    }

    /// Nil for a direct connection. Loopback addresses and `localhost` never go through a proxy.
    package func proxy(for url: HTTPURL) -> ProxyAddress? {
        guard let proxy = proxies[url.scheme] else { return nil }
        let host = url.host.lowercased()
        let address = IPAddress(host)
        guard host != "localhost", address?.isLoopback != true else { return nil }
        let port = url.port ?? url.scheme.defaultPort
        return exceptions.contains { $0.covers(host: host, address: address, port: port) } ? nil : proxy
    }
}
