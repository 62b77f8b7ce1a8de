/// A proxy's URL: `http://host:port`, `https://…` or `socks5://…`, with a user name and a password where it asks
/// for them.
package struct ProxyAddress: Sendable, Hashable {
    /// As libcurl takes it. `socks5` becomes `socks5h`: the proxy resolves names, as it does for Go's programs.
    let url: String

    /// Without a scheme it is an `http` proxy. Nil when it is of another kind, or no address.
    package init?(_ text: String) {
        let parts = text.firstRange(of: "://").map { (text[..<$0.lowerBound].lowercased(), text[$0.upperBound...]) }
        let (scheme, rest) = parts ?? ("http", text[...])
        guard ["http", "https", "socks5", "socks5h"].contains(scheme) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard HTTPURL.hostAndPort(host) != nil else { return nil }
        url = "\(scheme == "socks5" ? "socks5h" : scheme)://\(authority)"
    }
}

extension ProxyAddress: CustomStringConvertible, CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Without user name and password.
    package var description: String {
        guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://") else { return url }
        return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
    }
}

/// Through which proxy a request goes.
package enum ProxyRule: Sendable, Hashable {
    case direct
    case fixed(ProxyAddress)
    case environment(ProxyEnvironment)

    func proxy(for url: HTTPURL) -> ProxyAddress? {
        switch self {
        case .direct: nil
        case .fixed(let address): address
        case .environment(let environment): environment.proxy(for: url)
        }
    }
}
