/// Whatever sends requests: ``CurlTransport``, and the clients that wrap another to repeat, sign or report.
package protocol HTTPClient: Sendable {
    /// The whole response, whatever its status. Throws when there is none, or when its body is larger than the
    /// request's `responseLimit`. Ends promptly when the task is cancelled.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse

    /// Returns as soon as the head is there; the body follows through the stream.
    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream
}
