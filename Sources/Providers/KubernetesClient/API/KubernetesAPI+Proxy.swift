import HTTPTransport

/// What pods and Services answer, through the API server:
/// https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
extension KubernetesAPI {
    /// The text that a port of a pod answers with.
    ///
    /// - Parameters:
    ///   - path: with its slash.
    ///   - limit: the most bytes that are taken.
    /// - Throws: ``APIStatus`` for any answer but 200.
    package func podText(
        namespace: String, pod: String, port: Int, path: String, timeout: Duration, limit: Int
    ) async throws -> String {
        var request = request(.get, Self.proxy("pods", namespace, "\(pod):\(port)") + path)
        request.headers["Accept"] = "text/plain"
        request.timeouts = HTTPTimeouts(total: timeout)
        request.responseLimit = limit
        return String(decoding: try await body(request), as: UTF8.self)
    }

    /// What a Service answers.
    ///
    /// - Parameters:
    ///   - service: `scheme:name:port`.
    ///   - target: path and query.
    /// - Throws: ``APIStatus`` for any answer but 200.
    package func serviceBody(namespace: String, service: String, target: String) async throws -> [UInt8] {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var request = request(.get, Self.proxy("services", namespace, service) + (parts.first ?? ""))
        request.url.query = parts.count == 2 ? parts[1] : nil
        return try await body(request)
    }

    private static func proxy(_ kind: String, _ namespace: String, _ reference: String) -> String {
        "/api/v1/namespaces/\(HTTPURL.percentEncoded(namespace))/\(kind)/\(reference)/proxy"
    }

    private func body(_ request: HTTPRequest) async throws -> [UInt8] {
        let response = try await http.send(request)
        guard response.status == 200 else {
            throw APIStatus(code: response.status, body: response.body, request: request.description)
        }
        return response.body
    }
}
