import HTTPTransport

/// Answers some requests itself, late or otherwise, and sends the others on.
struct Detour: HTTPClient {
    enum Answer: Sendable {
        case status(Int, String)
        /// None, until whoever asks gives up.
        case silence
    }

    /// For one that answers everything.
    static let nowhere = CurlTransport(proxy: .direct)

    let base: any HTTPClient
    /// Nil sends the request on.
    let answer: @Sendable (_ path: String) -> Answer?

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        switch answer(request.url.path) {
        case .status(let status, let body): return HTTPResponse(status: status, headers: [:], body: Array(body.utf8))
        case .silence:
            try? await Task.sleep(for: .seconds(3600))
            throw HTTPError(.cancelled, request, mayHaveReachedServer: true)
        case nil: return try await base.send(request)
        }
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        guard case .status(let status, _)? = answer(request.url.path) else { return try await base.stream(request) }
        return HTTPResponseStream(status: status, headers: [:], body: HTTPBody { () throws(HTTPError) in nil })
    }
}
