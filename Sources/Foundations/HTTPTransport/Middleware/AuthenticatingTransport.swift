package import Diagnostics

/// Where the header fields that prove who asks come from.
package protocol CredentialProvider: Sendable {
    /// The fields to add to `request`; they replace those of the same names. Called for each request, so it keeps
    /// what it has fetched.
    func headers(for request: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders

    /// Other fields than `refused` has, which was answered 401; nil where there are none to be had. Requests that were
    /// under way together are refused together, and late: what was fetched after `refused` was sent is new enough.
    func headers(insteadOf refused: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders?
}

/// Adds credentials to each request, and once repeats one that was answered 401, where there are fresh ones. A 401
/// says that nothing was done (RFC 9110, section 15.5.2), so any method can be repeated.
package struct AuthenticatingTransport: HTTPClient {
    private let base: any HTTPClient
    private let credentials: any CredentialProvider
    private let isOurs: @Sendable (_ request: HTTPRequest, _ body: [UInt8]) -> Bool

    /// - Parameter isOurs: whether a 401 is about these credentials; it may come from somebody behind the server. It is
    ///   given the answer, which is empty for a stream.
    package init(
        _ base: any HTTPClient, credentials: any CredentialProvider,
        isOurs: @escaping @Sendable (_ request: HTTPRequest, _ body: [UInt8]) -> Bool = { _, _ in true }
    ) {
        self.base = base
        self.credentials = credentials
        self.isOurs = isOurs
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let first = try await authenticated(request)
        let response = try await base.send(first)
        guard response.status == 401, isOurs(request, response.body), let second = try await renewed(first) else {
            return response
        }
        return try await base.send(second)
    }

    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let first = try await authenticated(request)
        let response = try await base.stream(first)
        guard response.status == 401, isOurs(request, []), let second = try await renewed(first) else {
            return response
        }
        return try await base.stream(second)
    }

    private func authenticated(_ request: HTTPRequest) async throws(HTTPError) -> HTTPRequest {
        do throws(Diagnostic) {
            return request.with(try await credentials.headers(for: request))
        } catch {
            throw HTTPError(.noCredentials(error), request, mayHaveReachedServer: false)
        }
    }

    private func renewed(_ refused: HTTPRequest) async throws(HTTPError) -> HTTPRequest? {
        do throws(Diagnostic) {
            return try await credentials.headers(insteadOf: refused).map(refused.with)
        } catch {
            throw HTTPError(.noCredentials(error), refused, mayHaveReachedServer: false)
        }
    }
}

extension HTTPRequest {
    fileprivate func with(_ credentials: HTTPHeaders) -> HTTPRequest {
        var request = self
        for field in credentials.fields { request.headers[field.name] = nil }
        for field in credentials.fields { request.headers.append(field.name, field.value) }
        return request
    }
}
