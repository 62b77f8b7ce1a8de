package import Diagnostics

/// Why there is no response, or not all of one.
package struct HTTPError: Error, Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// libcurl cannot be opened.
        case libraryUnavailable(Diagnostic)
        /// The request cannot be sent as it is written.
        case invalidRequest
        case nameNotResolved
        case connectionRefused
        /// No route, or an address that does not answer.
        case unreachable
        case connectTimedOut
        case tls(TLSProblem)
        /// The proxy cannot be reached or spoken to, or answered a `CONNECT` with this status.
        case proxyRefused(status: Int?)
        /// The connection ended before the response did.
        case connectionLost(afterFirstByte: Bool)
        /// The request's `total` is over.
        case timedOut
        /// Nothing arrived for the request's `idle`.
        case idleTimedOut
        /// The body is larger than the request's `responseLimit`.
        case responseTooLarge(limit: Int)
        /// What came is not HTTP.
        case invalidResponse
        /// There are no credentials to send.
        case noCredentials(Diagnostic)
        case cancelled
    }

    package enum TLSProblem: Sendable, Hashable {
        /// The certificate leads to no authority that is trusted.
        case notTrusted
        case expired
        case notYetValid
        /// The certificate is for another name.
        case nameMismatch
        /// The server wants a client certificate, or another one.
        case clientCertificateRefused
        /// The authorities, the client certificate or its key cannot be used as they are.
        case unusableConfiguration
        /// No agreement on a version or a cipher, or the other side does not speak TLS.
        case handshake
    }

    package let kind: Kind
    /// What was asked, without query, headers and body: `GET https://host/path`.
    package let request: String
    /// libcurl's or OpenSSL's words.
    package let detail: String?
    /// False only when the request cannot have reached the server: then it can be repeated, whatever its method.
    package let mayHaveReachedServer: Bool
    /// Where what was wrong is configured, and how it is mended there; nil where nobody knows.
    package var place: Place?

    package struct Place: Sendable, Hashable {
        let location: SourceLocation
        /// Nil where the usual advice will do.
        let fix: String?

        package init(_ location: SourceLocation, fix: String? = nil) {
            self.location = location
            self.fix = fix
        }
    }

    package init(_ kind: Kind, _ request: HTTPRequest, detail: String? = nil, mayHaveReachedServer: Bool) {
        self.kind = kind
        self.request = request.description
        self.detail = detail.flatMap { $0.isEmpty ? nil : $0 }
        self.mayHaveReachedServer = mayHaveReachedServer
    }

    /// Whether the same request can succeed a little later.
    package var isTransient: Bool {
        switch kind {
        case .nameNotResolved, .connectionRefused, .unreachable, .connectTimedOut, .connectionLost, .timedOut,
            .idleTimedOut:
            true
        case .libraryUnavailable, .invalidRequest, .tls, .proxyRefused, .responseTooLarge, .invalidResponse,
            .noCredentials, .cancelled:
            false
        }
    }

    /// Whether sending the request again can help and does no harm.
    package func isSafeToRetry(_ request: HTTPRequest) -> Bool {
        isTransient && (request.isIdempotent || !mayHaveReachedServer)
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String { diagnostic.description }
}
