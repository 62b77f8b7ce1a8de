package import Diagnostics
import FoundationEssentials
package import HTTPTransport

/// What the places of the chain look at and speak through.
package struct CredentialContext: Sendable {
    /// Asks a person for the code that the MFA device with this serial number shows.
    package typealias MFAPrompt = @Sendable (_ serial: String) async throws -> Redacted<String>

    /// The whole environment of the process; also what `credential_process` runs with.
    package let environment: [String: String]
    /// Speaks to the metadata services of containers and instances, directly: a proxy has no part in it.
    package let http: any HTTPClient
    package let tokens: any TokenService
    /// Nil without a terminal, where nobody can be asked.
    package let askMFACode: MFAPrompt?
    /// Seconds since 1970.
    package let now: @Sendable () -> Double
    let sleep: @Sendable (Duration) async throws -> Void

    package init(
        environment: [String: String], http: any HTTPClient, tokens: any TokenService,
        askMFACode: MFAPrompt? = nil, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.environment = environment
        self.http = http
        self.tokens = tokens
        self.askMFACode = askMFACode
        self.now = now
        self.sleep = sleep
    }

    /// The variable's value; nil where it is not set or empty.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func cached(_ issuer: any CredentialIssuer, first: AWSCredentials? = nil) -> CachedCredentials {
        CachedCredentials(issuer, first: first, now: now)
    }
}
