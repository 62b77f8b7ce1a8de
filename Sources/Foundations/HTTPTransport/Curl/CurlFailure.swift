import CCurl
import Glibc

/// What libcurl says about a transfer that failed, and what that means. Told apart by numbers, never by words.
struct CurlFailure {
    let code: CURLcode
    /// errno of the failed connect(2), or 0.
    let systemError: Int32
    /// OpenSSL's X509_V_ERR_… of the server's certificate, or 0.
    let certificateError: Int
    /// The proxy's answer to `CONNECT`, or 0.
    let proxyStatus: Int
    /// How often the request was about to be sent.
    let sendings: Int
    let hasResponse: Bool
    let words: String

    func error(_ request: HTTPRequest) -> HTTPError {
        var detail = words
        if systemError != 0, let text = strerror(systemError) { detail += ": \(String(cString: text))" }
        // With TLS 1.3 a client learns that its certificate is refused after it has sent the request, but the
        // server reads that only after the handshake.
        let kind = kind
        return HTTPError(
            kind, request, detail: detail, mayHaveReachedServer: sendings > 0 && kind != .tls(.clientCertificateRefused)
        )
    }

    private var kind: HTTPError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxyRefused(status: nil)
        case CURLE_COULDNT_CONNECT: connectKind
        case CURLE_OPERATION_TIMEDOUT: .connectTimedOut
        case CURLE_PEER_FAILED_VERIFICATION: .tls(certificateProblem)
        case _ where code == CURLE_SSL_CLIENTCERT || isCertificateAlert: .tls(.clientCertificateRefused)
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .tls(.unusableConfiguration)
        case _ where isCutHandshake: .connectionLost(afterFirstByte: false)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED: .tls(.handshake)
        case CURLE_RECV_ERROR where isProxyAnswer: .proxyRefused(status: proxyStatus)
        // The request was to be sent a second time, which `CurlTransfer` forbids.
        case CURLE_ABORTED_BY_CALLBACK where sendings > 1: .connectionLost(afterFirstByte: false)
        case CURLE_ABORTED_BY_CALLBACK: .cancelled
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
            .connectionLost(afterFirstByte: hasResponse)
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT,
            CURLE_UNSUPPORTED_PROTOCOL where sendings == 0:
            .invalidRequest
        default: .invalidResponse
        }
    }

    /// OpenSSL's library and reason, which libcurl hands on only as a packed number in its words: `error:0A00045C:`.
    private var tlsError: (library: UInt32, reason: UInt32)? {
        guard let start = words.firstRange(of: "error:")?.upperBound,
            let number = UInt32(words[start...].prefix { $0 != ":" }, radix: 16)
        else { return nil }
        return (number >> 23 & 0xFF, number & 0x7F_FFFF)
    }

    /// Whether the server ended the handshake with an alert about the client's certificate: the reason is 1000 and the
    /// alert's number (SSL_AD_REASON_OFFSET), RFC 8446, section 6.2.
    private var isCertificateAlert: Bool {
        guard let error = tlsError else { return false }
        let certificateAlerts: Set<UInt32> = [42, 43, 44, 45, 46, 48, 49, 116]
        return error.library == 20 && error.reason > 1000 && certificateAlerts.contains(error.reason - 1000)
    }

    /// Whether the connection ended amid the handshake, as it does while a server starts or a balancer is overloaded:
    /// OpenSSL then has no fault to tell, or 294 (SSL_R_UNEXPECTED_EOF_WHILE_READING).
    private var isCutHandshake: Bool {
        guard code == CURLE_SSL_CONNECT_ERROR else { return false }
        return tlsError.map { $0.library == 20 && $0.reason == 294 } ?? true
    }

    private var isProxyAnswer: Bool { proxyStatus != 0 && !(200..<300).contains(proxyStatus) }

    private var connectKind: HTTPError.Kind {
        switch systemError {
        case ECONNREFUSED: .connectionRefused
        case ETIMEDOUT: .connectTimedOut
        default: .unreachable
        }
    }

    /// X509_V_ERR_… of <openssl/x509_vfy.h>. libcurl compares the names itself, after OpenSSL found no fault and before
    /// it asks for OpenSSL's result, which then still is what it was at the start: 1.
    private var certificateProblem: HTTPError.TLSProblem {
        switch certificateError {
        case 0, 1, 62: .nameMismatch
        case 9: .notYetValid
        case 10: .expired
        default: .notTrusted
        }
    }
}
