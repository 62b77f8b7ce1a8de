package import Diagnostics

extension Diagnostic.Code {
    package static let httpLibrary = Self("http.library", .failed)
    package static let httpInvalidRequest = Self("http.invalid-request", .invalid)
    package static let httpUnreachable = Self("http.unreachable", .failed)
    package static let httpTLS = Self("http.tls", .failed)
    package static let httpProxy = Self("http.proxy", .failed)
    package static let httpConnectionLost = Self("http.connection-lost", .failed)
    package static let httpTimedOut = Self("http.timed-out", .timedOut)
    package static let httpInvalidResponse = Self("http.invalid-response", .failed)
    package static let httpCancelled = Self("http.cancelled", .interrupted)
}

extension HTTPError {
    /// The error as a person is told it: what was asked, what became of it, what to do.
    package var diagnostic: Diagnostic {
        switch kind {
        case .libraryUnavailable(let diagnostic), .noCredentials(let diagnostic): diagnostic
        case .invalidRequest:
            told(.httpInvalidRequest, "cannot be sent", "Check the URL and the names and values of the headers")
        case .nameNotResolved:
            told(
                .httpUnreachable, "the host's name has no address",
                "Check the spelling of the host, and that this machine can resolve names")
        case .connectionRefused:
            told(
                .httpUnreachable, "the server refuses connections",
                "Check host and port, and that the server runs")
        case .unreachable:
            told(
                .httpUnreachable, "the server cannot be reached",
                "Check host and port, the network, and whether a proxy is needed (HTTPS_PROXY)")
        case .connectTimedOut:
            told(
                .httpUnreachable, "the server does not answer",
                "Check host and port, firewalls, and whether a proxy is needed (HTTPS_PROXY)")
        case .tls(let problem): told(.httpTLS, problem.what, problem.fix)
        case .proxyRefused(let status):
            told(
                .httpProxy, status.map { "the proxy answers with status \($0)" } ?? "the proxy cannot be used",
                "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the proxy that the configuration names")
        case .connectionLost(let afterFirstByte):
            told(
                .httpConnectionLost,
                afterFirstByte ? "the connection ended amid the response" : "the connection ended without a response",
                mayHaveReachedServer
                    ? "Look whether the server did what was asked, then try again" : "Try again")
        case .timedOut: told(.httpTimedOut, "there was no whole response in time", "Try again, or allow more time")
        case .idleTimedOut: told(.httpTimedOut, "nothing came for too long", "Try again, or allow more time")
        case .responseTooLarge(let limit):
            told(.httpInvalidResponse, "the response is larger than \(limit) bytes", "Ask for less at once")
        case .invalidResponse:
            told(.httpInvalidResponse, "the answer is not HTTP", "Check that host and port are those of the service")
        case .cancelled: told(.httpCancelled, "was cancelled", "Run the command again")
        }
    }

    private func told(_ code: Diagnostic.Code, _ what: String, _ fix: String) -> Diagnostic {
        Diagnostic(
            .error, code, "\(request): \(what)", at: place?.location, why: detail, fix: place?.fix ?? fix)
    }
}

extension HTTPError.TLSProblem {
    fileprivate var what: String {
        switch self {
        case .notTrusted: "the server's certificate is from nobody that is trusted"
        case .expired: "the server's certificate has expired"
        case .notYetValid: "the server's certificate is not valid yet"
        case .nameMismatch: "the server's certificate is for another name"
        case .clientCertificateRefused: "the server wants another client certificate"
        case .unusableConfiguration: "the certificates or the key to use are unusable"
        case .handshake: "no secure connection could be agreed upon"
        }
    }

    fileprivate var fix: String {
        switch self {
        case .notTrusted: "Give the certificate of the authority that signed it"
        case .expired: "Renew the server's certificate; if it is new, check this machine's clock"
        case .notYetValid: "Check this machine's clock"
        case .nameMismatch: "Use a name that the certificate has, or set the server name to expect"
        case .clientCertificateRefused: "Give the client certificate and key that the server knows"
        case .unusableConfiguration: "Check that they are PEM, and that the key belongs to the certificate"
        case .handshake: "Check that host and port are those of a server that speaks TLS 1.2 or later"
        }
    }
}
