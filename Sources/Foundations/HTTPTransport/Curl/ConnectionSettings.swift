/// How all connections of one client are made.
struct ConnectionSettings: Sendable {
    let tls: TLSConfiguration
    let proxy: ProxyRule

    /// The URL and, where TLS shall expect another name than the URL's, the pieces that bring that about: libcurl takes
    /// the name to expect from the URL, the place to connect to from CURLOPT_CONNECT_TO, and `Host` from the header.
    func route(_ url: HTTPURL) -> (url: HTTPURL, connectTo: String?, host: String?) {
        guard url.scheme == .https, let name = tls.serverName else { return (url, nil, nil) }
        var named = url
        named.host = name
        let address = url.host.contains(":") ? "[\(url.host)]" : url.host
        return (named, "::\(address):\(url.port ?? url.scheme.defaultPort)", url.authority)
    }
}
