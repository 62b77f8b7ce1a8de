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

    /// How lines are read that are to be taken up again where they were cut off.
    package struct Following: Sendable {
        let since: String?
        let toEnd: Bool

        /// - Parameters:
        ///   - since: the time of the last line that is known, as it stood before that line; nil for all.
        ///   - toEnd: go on with new lines until the container ends.
        package init(since: String?, toEnd: Bool) {
            self.since = since
            self.toEnd = toEnd
        }
    }

    /// Tells of each line that a container has written, without its newline.
    ///
    /// - Parameters:
    ///   - tail: at most so many of the last lines; nil means all that are kept.
    ///   - previous: of the run before the current one.
    ///   - following: nil for the lines alone; else each has its time before it: `2006-01-02T15:04:05.000000000Z text`.
    package func logs(
        namespace: String, pod: String, container: String?, tail: Int?, previous: Bool = false,
        following: Following? = nil, _ tell: (_ line: [UInt8]) async throws -> Void
    ) async throws {
        var request = logRequest(namespace, pod, container, tail: tail, withTimes: following != nil)
        var query = request.url.query ?? ""
        if previous { query += "&previous=true" }
        if let since = following?.since { query += "&sinceTime=\(HTTPURL.percentEncoded(since))" }
        let isOpen = following?.toEnd == true
        if isOpen { query += "&follow=true" }
        request.url.query = query
        request.timeouts = HTTPTimeouts(total: nil, idle: isOpen ? nil : Self.logTimeout)
        let response = try await http.stream(request)
        guard response.status == 200 else { throw try await APIStatus(response, request) }
        var splitter = LineSplitter(maximum: Self.maximumLine)
        for try await bytes in response.body {
            for line in splitter.lines(adding: bytes) { try await tell(line) }
        }
        if let rest = splitter.end() { try await tell(rest) }
    }

    private func logRequest(
        _ namespace: String, _ pod: String, _ container: String?, tail: Int?, withTimes: Bool = false
    ) -> HTTPRequest {
        var query: [(String, String)] = [("timestamps", "\(withTimes)")]
        if let container { query.append(("container", container)) }
        if let tail { query.append(("tailLines", "\(tail)")) }
        return request(.get, ResourceType.pod.path(namespace: namespace, name: pod, subresource: "log"), query)
    }
}
