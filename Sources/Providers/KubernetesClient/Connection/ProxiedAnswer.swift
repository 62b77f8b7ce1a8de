import Documents
import HTTPTransport

/// Tells the server's own answers from those of a pod or a Service behind it, which may have users of its own.
enum ProxiedAnswer {
    /// Whether an answer is the server's: what it says itself is a `Status`.
    ///
    /// - Parameter body: empty where it was not read.
    static func isServers(_ body: [UInt8], to request: HTTPRequest) -> Bool {
        guard isProxied(request.url.path) else { return true }
        return (try? JSONParser.parse(body, file: APIDocument.source))?["kind"]?.string == "Status"
    }

    /// `…/namespaces/x/pods/y/proxy/…`, wherever the server's own paths begin.
    private static func isProxied(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.indices.dropFirst(4).contains { index in
            parts[index] == "proxy" && ["pods", "services"].contains(parts[index - 2])
                && parts[index - 4] == "namespaces"
        }
    }
}
