import Diagnostics
import FoundationEssentials

/// Credentials that are renewed before they expire, once for all who ask.
///
/// The windows are botocore's (`RefreshableCredentials`): in the last 15 minutes a renewal is begun while the old ones
/// are still given out, and its failure is of no account; in the last 10 all wait for it, and its failure is theirs.
package actor CachedCredentials: AWSCredentialSource {
    static let advisoryWindow = 15.0 * 60
    static let mandatoryWindow = 10.0 * 60
    /// How long no other renewal is begun after one that did not help, in seconds: sessions can be so short that they
    /// are in a window all their life.
    static let pause = 60.0

    private let issuer: any CredentialIssuer
    /// Seconds since 1970.
    private let now: @Sendable () -> Double
    private var current: AWSCredentials?
    /// When the next renewal may begin that is not asked for by a refusal.
    private var notBefore = -Double.infinity
    /// What was refused and is all that there is, until when it is not tried to be replaced again.
    private var irreplaceable: (credentials: AWSCredentials, until: Double)?
    private var pending: (number: Int, task: Task<AWSCredentials, any Error>)?
    /// Who waits for what is pending.
    private(set) var waiting: Set<Int> = []
    private var count = 0

    /// - Parameter first: credentials that the issuer has issued already.
    package init(
        _ issuer: any CredentialIssuer, first: AWSCredentials? = nil,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.issuer = issuer
        self.now = now
        current = first
    }

    /// - Throws: what the issuer throws, ``Diagnostic`` mostly, when there are none that are good.
    package func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials {
        guard let current else { return try await renewed() }
        if let refused, refused == current {
            if let irreplaceable, irreplaceable.credentials == refused, now() < irreplaceable.until { return current }
            let other = try await renewed()
            if other == refused { irreplaceable = (refused, now() + Self.pause) }
            return other
        }
        let left = current.expiration.map { Double($0) - now() } ?? .infinity
        if left < Self.mandatoryWindow, left <= 0 || now() >= notBefore { return try await renewed() }
        if left < Self.advisoryWindow, now() >= notBefore, pending == nil { _ = begin() }
        return current
    }

    /// What the pending renewal brings, or one that begins now. It ends when nobody waits for it any more.
    private func renewed() async throws -> AWSCredentials {
        let task = pending?.task ?? begin()
        count += 1
        let number = count
        waiting.insert(number)
        defer { waiting.remove(number) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            Task { await leave(number) }
        }
    }

    private func begin() -> Task<AWSCredentials, any Error> {
        count += 1
        let number = count
        let task = Task {
            defer { if pending?.number == number { pending = nil } }
            let began = now()
            do {
                let credentials = try await issuer.issue()
                let left = credentials.expiration.map { Double($0) - now() } ?? .infinity
                guard left > 0 else { throw Self.expired(credentials) }
                current = credentials
                if left < Self.advisoryWindow { notBefore = began + Self.pause }
                return credentials
            } catch {
                if isGoodWithoutRenewal { notBefore = began + Self.pause }
                throw error
            }
        }
        pending = (number, task)
        return task
    }

    /// Whether the failure of a renewal is of no account.
    private var isGoodWithoutRenewal: Bool {
        guard let expiration = current?.expiration else { return false }
        return Double(expiration) - now() >= Self.mandatoryWindow
    }

    private func leave(_ number: Int) {
        guard waiting.remove(number) != nil, waiting.isEmpty, !isGoodWithoutRenewal else { return }
        pending?.task.cancel()
        pending = nil
    }

    private static func expired(_ credentials: AWSCredentials) -> Diagnostic {
        Diagnostic(
            .error, .awsExpired, "the AWS credentials were renewed and have expired already",
            why: "they come from \(credentials.source)",
            fix: "check this machine's clock, and what issues the credentials")
    }
}
