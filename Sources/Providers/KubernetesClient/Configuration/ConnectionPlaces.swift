package import Diagnostics
import Documents
import HTTPTransport

/// The lines of a kubeconfig file behind the parts of a connection, so that what is wrong with it is told where it can
/// be mended.
package struct ConnectionPlaces: Sendable {
    private let server: SourceLocation
    /// Nil where the system's authorities are trusted.
    private let authority: SourceLocation?
    private let serverName: SourceLocation?
    private let proxy: SourceLocation?
    private let clientCertificate: SourceLocation?
    /// What the user is known by, in words: `token`; nil where there is nothing.
    private let credential: (key: String, location: SourceLocation)?
    /// The user's entry; the context's where it names no user.
    private let user: SourceLocation
    private let userName: String?

    /// Keys of a user, in the order in which they are used.
    private static let credentials = [
        "tokenFile", "token", "username", "exec", "client-certificate-data", "client-certificate",
    ]

    init(cluster: KubeconfigFields, user: KubeconfigFields?, userName: String?, context: SourceLocation) {
        func place(_ fields: KubeconfigFields?, _ keys: String...) -> SourceLocation? {
            keys.lazy.compactMap { fields?.node[$0]?.location }.first
        }
        server = cluster.location("server")
        authority = place(cluster, "certificate-authority-data", "certificate-authority")
        serverName = place(cluster, "tls-server-name")
        proxy = place(cluster, "proxy-url")
        clientCertificate = place(user, "client-certificate-data", "client-certificate")
        credential =
            Self.credentials.lazy.compactMap { key in
                user?.node[key].flatMap { $0.isNull ? nil : (key, $0.location) }
            }.first
        self.user = user?.node.location ?? context
        self.userName = userName
    }

    /// The error with the line that it is about.
    func located(_ error: HTTPError) -> HTTPError {
        var error = error
        error.place = place(of: error.kind)
        return error
    }

    private func place(of kind: HTTPError.Kind) -> HTTPError.Place? {
        switch kind {
        case .nameNotResolved, .connectionRefused, .unreachable, .connectTimedOut, .invalidResponse, .invalidRequest,
            .connectionLost:
            .init(server)
        case .proxyRefused: proxy.map { .init($0, fix: "mend proxy-url, or see whether the proxy runs") }
        case .tls(.notTrusted):
            authority.map {
                .init(
                    $0, fix: "give the certificate of the authority that signed the server's; it may have been renewed")
            } ?? .init(server, fix: "give the authority's certificate as certificate-authority of the cluster")
        case .tls(.nameMismatch):
            .init(serverName ?? server, fix: "use a name that the certificate has, or set tls-server-name to one")
        case .tls(.expired), .tls(.notYetValid), .tls(.handshake): .init(server)
        case .tls(.clientCertificateRefused): .init(clientCertificate ?? user, fix: "renew the client certificate")
        case .tls(.unusableConfiguration): .init(clientCertificate ?? authority ?? server)
        case .libraryUnavailable, .timedOut, .idleTimedOut, .responseTooLarge, .noCredentials, .cancelled: nil
        }
    }

    /// What a server says to somebody whom it does not know; nil for any other answer.
    ///
    /// - Parameter body: its beginning; empty where it was not read.
    func refusal(status: Int, body: [UInt8]) -> Diagnostic? {
        // A server that lets anybody in takes whoever shows nothing for this one.
        let isNobody = status == 403 && String(decoding: body.prefix(4096), as: UTF8.self).contains("system:anonymous")
        guard status == 401 || isNobody else { return nil }
        guard let credential else {
            return Diagnostic(
                .error, .unauthorized, "the server wants to know who you are", at: user,
                why: userName.map { "the user `\($0)` of the kubeconfig has no credential" }
                    ?? "the context names no user",
                fix: "log in with the cluster's own tool, or choose another context with --context")
        }
        return Diagnostic(
            .error, .unauthorized, "the server does not accept the credential", at: credential.location,
            why: "it answers \(status) to the \(Self.words(credential.key)) of the user `\(userName ?? "")`",
            fix: Self.advice(credential.key))
    }

    private static func words(_ key: String) -> String {
        switch key {
        case "exec": "credential of the plugin"
        case "username": "password"
        case "tokenFile": "token in the file"
        case "client-certificate", "client-certificate-data": "client certificate"
        default: "token"
        }
    }

    private static func advice(_ key: String) -> String {
        switch key {
        case "exec": "log in again with the plugin's own tool, or choose another --context"
        case "client-certificate", "client-certificate-data":
            "it may have expired (`openssl x509 -noout -enddate` tells): get a new one, or choose another --context"
        case "tokenFile": "see whether something still renews the file, or choose another --context"
        default: "it may have expired: log in again, or choose another --context"
        }
    }
}

extension Diagnostic.Code {
    package static let unauthorized = Self("kubernetes.unauthorized", .denied)
}
