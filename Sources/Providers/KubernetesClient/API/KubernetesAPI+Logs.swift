import HTTPTransport

extension KubernetesAPI {
    private static let logTimeout = Duration.seconds(10)
    private static let maximumTail = 256 << 10
    /// A line of more bytes is told in pieces.
    private static let maximumLine = 1 << 20

    /// The last lines that a container wrote, without the newline at the end.
    ///
    /// - Parameters:
    ///   - container: nil where the pod has only one.
    ///   - previous: of the run before the current one.
    package func logTail(
        namespace: String, pod: String, container: String?, lines: Int, previous: Bool
    ) async throws -> String {
        var request = logRequest(namespace, pod, container, tail: lines)
        if previous { request.url.query? += "&previous=true" }
        request.timeouts = HTTPTimeouts(total: Self.logTimeout)
        let response = try await http.send(request)
        guard response.status == 200 else {
            throw APIStatus(code: response.status, body: response.body, request: request.description)
        }
        var text = String(decoding: response.body.suffix(Self.maximumTail), as: UTF8.self)
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// Tells of each line that a container writes, and has written, without its newline.
    ///
    /// - Parameters:
    ///   - tail: at most so many of the last lines; nil means all that are kept.
    ///   - since: only lines that are at most so many seconds old.
    ///   - previous: of the run before the current one.
    ///   - follow: go on with new lines until the container ends.
    package func logs(
        namespace: String, pod: String, container: String?, tail: Int?, since: Int? = nil,
        previous: Bool = false, follow: Bool, _ tell: (_ line: [UInt8]) async throws -> Void
    ) async throws {
        var request = logRequest(namespace, pod, container, tail: tail)
        if let since { request.url.query? += "&sinceSeconds=\(since)" }
        if previous { request.url.query? += "&previous=true" }
        if follow { request.url.query? += "&follow=true" }
        request.timeouts = HTTPTimeouts(total: nil, idle: follow ? nil : Self.logTimeout)
        let response = try await http.stream(request)
        guard response.status == 200 else { throw try await APIStatus(response, request) }
        var splitter = LineSplitter(maximum: Self.maximumLine)
        for try await bytes in response.body {
            for line in splitter.lines(adding: bytes) { try await tell(line) }
        }
        if let rest = splitter.end() { try await tell(rest) }
    }

    private func logRequest(_ namespace: String, _ pod: String, _ container: String?, tail: Int?) -> HTTPRequest {
        var query: [(String, String)] = [("timestamps", "false")]
        if let container { query.append(("container", container)) }
        if let tail { query.append(("tailLines", "\(tail)")) }
        return request(.get, ResourceType.pod.path(namespace: namespace, name: pod, subresource: "log"), query)
    }
}
