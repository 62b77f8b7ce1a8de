package import Diagnostics

/// Where the header fields that prove who asks come from.
package protocol CredentialProvider: Sendable {
    /// The fields to add to `request`; they replace those of the same names. Called for each request, so it keeps
    /// what it has fetched. With `refresh` the last ones were refused with 401: they are fetched anew.
    func headers(for request: HTTPRequest, refresh: Bool) async throws(Diagnostic) -> HTTPHeaders
}

/// Adds credentials to each request, and once repeats one that was answered 401 with fresh ones. A 401 says that
/// nothing was done (RFC 9110, section 15.5.2), so any method can be repeated.
package struct AuthenticatingTransport: HTTPClient {
    private let base: any HTTPClient
    private let credentials: any CredentialProvider

    package init(_ base: any HTTPClient, credentials: any CredentialProvider) {
        self.base = base
        self.credentials = credentials
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await base.send(authenticated(request, refresh: false))
        guard response.status == 401 else { return response }
        return try await base.send(authenticated(request, refresh: true))
    }

    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let response = try await base.stream(authenticated(request, refresh: false))
        guard response.status == 401 else { return response }
        return try await base.stream(authenticated(request, refresh: true))
    }

    private func authenticated(_ request: HTTPRequest, refresh: Bool) async throws(HTTPError) -> HTTPRequest {
        do throws(Diagnostic) {
            var request = request
            let fields = try await credentials.headers(for: request, refresh: refresh).fields
            for field in fields { request.headers[field.name] = nil }
            for field in fields { request.headers.append(field.name, field.value) }
            return request
        } catch {
            throw HTTPError(.noCredentials(error), request, mayHaveReachedServer: false)
        }
    }
}
