/// Makes or fetches credentials anew each time. ``CachedCredentials`` decides how often.
package protocol CredentialIssuer: Sendable {
    func issue() async throws -> AWSCredentials
}

/// Credentials that stay what they are.
struct FixedCredentials: CredentialIssuer {
    let credentials: AWSCredentials

    func issue() async throws -> AWSCredentials { credentials }
}
