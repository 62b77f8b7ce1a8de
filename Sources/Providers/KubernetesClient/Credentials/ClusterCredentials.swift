package import Diagnostics
import Documents
import FoundationEssentials
package import HTTPTransport

/// The credential of one cluster access, kept until it is due: a token file is read again every minute, a
/// plugin run again before what it issued expires.
///
/// Many requests may ask at once; one of them gets the credential, the others wait for it.
package actor ClusterCredentials: CredentialProvider {
    /// What a request is authorised with.
    struct Credential: Sendable {
        /// The value of the header `Authorization`; nil without one.
        let authorization: Redacted<String>?
        /// A certificate that a plugin issued; nil where there is none.
        let certificate: TLSConfiguration.ClientCertificate?
    }

    private static let tokenFileLife = 60.0
    /// How long before its expiry a credential is replaced, in seconds.
    private static let margin = 60.0

    private let access: ClusterAccess
    private let environment: [String: String]
    private let isTerminal: Bool
    /// Seconds since 1970.
    private let now: @Sendable () -> Double
    private var current: (credential: Credential, due: Double)?
    private var pending: (number: Int, task: Task<Result<Credential, Diagnostic>, Never>)?
    /// Who waits for what is pending.
    private var waiting: Set<Int> = []
    private var count = 0

    package init(
        _ access: ClusterAccess, environment: [String: String], isTerminal: Bool,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.access = access
        self.environment = environment
        self.isTerminal = isTerminal
        self.now = now
    }

    /// The credential to use now.
    ///
    /// - Throws: ``Diagnostic`` naming the kubeconfig's line.
    func credential() async throws(Diagnostic) -> Credential {
        if let current, now() < current.due { return current.credential }
        let task = pending?.task ?? begin()
        count += 1
        let number = count
        waiting.insert(number)
        defer { waiting.remove(number) }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task { await leave(number) }
        }
        return try result.get()
    }

    /// Whoever finds it renewed finds nothing pending, and whoever comes later what was renewed: both change at once.
    private func begin() -> Task<Result<Credential, Diagnostic>, Never> {
        count += 1
        let number = count
        let task = Task {
            let result = await renewed()
            if pending?.number == number { pending = nil }
            return result
        }
        pending = (number, task)
        return task
    }

    /// Ends a plugin that nobody waits for any more.
    private func leave(_ number: Int) {
        guard waiting.remove(number) != nil, waiting.isEmpty else { return }
        pending?.task.cancel()
        pending = nil
    }

    /// `Authorization`, and the headers of acting for somebody else.
    package func headers(for request: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders {
        headers(try await credential())
    }

    package func headers(insteadOf refused: HTTPRequest) async throws(Diagnostic) -> HTTPHeaders? {
        guard canBeRenewed else { return nil }
        let old = refused.headers["Authorization"]
        if let current, current.credential.authorization?.secret == old { self.current = nil }
        let credential = try await credential()
        // A certificate cannot be told from the request that was refused.
        if credential.certificate == nil, credential.authorization?.secret == old { return nil }
        return headers(credential)
    }

    private func headers(_ credential: Credential) -> HTTPHeaders {
        var headers = HTTPHeaders()
        if let authorization = credential.authorization { headers["Authorization"] = authorization.secret }
        guard let impersonation = access.impersonation else { return headers }
        headers["Impersonate-User"] = impersonation.user
        headers["Impersonate-Uid"] = impersonation.uid
        for group in impersonation.groups { headers.append("Impersonate-Group", group) }
        for (key, values) in impersonation.extra {
            for value in values { headers.append("Impersonate-Extra-\(HTTPURL.percentEncoded(key))", value) }
        }
        return headers
    }

    /// Whether there may be a better one than what the server refused; what a kubeconfig holds as text stays
    /// as it is.
    private var canBeRenewed: Bool {
        switch access.credential {
        case .tokenFile, .plugin, .minted: true
        case .none, .token, .basic: false
        }
    }

    private func renewed() async -> Result<Credential, Diagnostic> {
        do throws(Diagnostic) {
            return .success(try await renew())
        } catch {
            return .failure(error)
        }
    }

    private func renew() async throws(Diagnostic) -> Credential {
        var certificate: TLSConfiguration.ClientCertificate?
        let authorization: String?
        var due = Double.infinity
        switch access.credential {
        case .none: authorization = nil
        case .token(let token): authorization = "Bearer \(token.secret)"
        case .tokenFile(let path, let fallback):
            authorization = "Bearer \(try Self.token(path, fallback))"
            due = now() + Self.tokenFileLife
        case .basic(let user, let password):
            authorization = "Basic \(Data("\(user):\(password.secret)".utf8).base64EncodedString())"
        case .plugin(let plugin):
            let issued = try await plugin.run(
                cluster: access.clusterInformation.secret, environment: environment, isTerminal: isTerminal)
            authorization = issued.token.map { "Bearer \($0.secret)" }
            certificate = issued.certificate
            due = issued.expiry.map(due(before:)) ?? .infinity
        case .minted(let token):
            let minted = try await token.mint()
            authorization = "Bearer \(minted.token.secret)"
            due = self.due(before: minted.expiry)
        }
        let credential = Credential(authorization: authorization.map(Redacted.init), certificate: certificate)
        current = (credential, due)
        return credential
    }

    /// One that is short-lived altogether is used for at least half of its life.
    private func due(before expiry: Double) -> Double {
        let life = expiry - now()
        return now() + max(life - Self.margin, life / 2)
    }

    private static func token(_ path: String, _ fallback: Redacted<String>?) throws(Diagnostic) -> String {
        do throws(Diagnostic) {
            let bytes = try FileBytes.read(path: path, maximumSize: 1 << 20)
            if let text = TextFile.trimmed(bytes) { return text }
            if let fallback { return fallback.secret }
            throw Diagnostic(
                .error, .credential, "the token file is empty", at: SourceLocation(file: SourceFile(path)),
                fix: "whatever renews it has not written it yet")
        } catch {
            if let fallback { return fallback.secret }
            throw error
        }
    }
}

extension Diagnostic.Code {
    package static let credential = Self("kubernetes.credential", .denied)
}
