import NIOHTTP1

/// What a reverse proxy changes in the headers that pass through it (RFC 9110, section 7.6).
enum ForwardedHeaders {
    /// Fields of one connection only; those that `Connection` lists are of one connection too.
    private static let hopByHop = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "upgrade",
    ]

    private static let framing = ["content-length", "transfer-encoding", "host"]

    /// The name under which the balancer adds itself to `Via`.
    private static let pseudonym = "synthdata-infra"

    static func request(_ head: HTTPRequestHead, client: String?) -> HTTPRequestHead {
        var headers = withoutHopByHop(head.headers)
        if let client {
            let chain = headers["x-forwarded-for"] + [client]
            headers.replaceOrAdd(name: "x-forwarded-for", value: chain.joined(separator: ", "))
        }
        if let host = head.headers.first(name: "host"), !headers.contains(name: "x-forwarded-host") {
            headers.add(name: "x-forwarded-host", value: host)
        }
        if !headers.contains(name: "x-forwarded-proto") { headers.add(name: "x-forwarded-proto", value: "http") }
        headers.add(name: "via", value: "\(head.version.major).\(head.version.minor) \(pseudonym)")
        // A client of HTTP/1.0 may leave it out; HTTP/1.1 requires it (RFC 9112, section 3.2).
        if !headers.contains(name: "host") { headers.add(name: "host", value: "127.0.0.1") }
        return HTTPRequestHead(version: .http1_1, method: head.method, uri: head.uri, headers: headers)
    }

    /// The head of a response for a client that speaks `version` and asked with `method`.
    ///
    /// - Parameter closes: whether the connection ends with this response.
    /// - Returns: the head, and whether only the connection's end can mark the body's end.
    static func response(
        _ head: HTTPResponseHead, to method: HTTPMethod, version: HTTPVersion, closes: Bool
    ) -> (head: HTTPResponseHead, endsWithConnection: Bool) {
        var headers = withoutHopByHop(head.headers)
        headers.remove(name: "transfer-encoding")
        let code = head.status.code
        let hasBody = method != .HEAD && code >= 200 && code != 204 && code != 304
        var endsWithConnection = false
        if hasBody, !headers.contains(name: "content-length") {
            if version.isPersistent {
                headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                endsWithConnection = true
            }
        }
        if code >= 200 {
            if closes || endsWithConnection {
                headers.replaceOrAdd(name: "connection", value: "close")
            } else if !version.isPersistent {
                headers.replaceOrAdd(name: "connection", value: "keep-alive")
            }
        }
        return (HTTPResponseHead(version: .http1_1, status: head.status, headers: headers), endsWithConnection)
    }

    private static func withoutHopByHop(_ headers: HTTPHeaders) -> HTTPHeaders {
        var result = headers
        // Listing a field that frames the message would hide where its body ends.
        for name in headers[canonicalForm: "connection"] where !framing.contains(name.lowercased()) {
            result.remove(name: String(name))
        }
        for name in hopByHop { result.remove(name: name) }
        return result
    }
}

extension HTTPVersion {
    /// HTTP/1.1: connections stay open, bodies may be chunked, responses may be informational.
    var isPersistent: Bool { (major, minor) >= (1, 1) }
}

extension HTTPMethod {
    /// Whether doing it twice is as good as once (RFC 9110, section 9.2.2).
    var isIdempotent: Bool {
        switch self {
        case .GET, .HEAD, .OPTIONS, .TRACE, .PUT, .DELETE: true
        default: false
        }
    }
}
