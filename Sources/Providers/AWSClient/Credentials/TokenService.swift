package import Diagnostics

/// What the sources of credentials ask of AWS: of STS, of IAM Identity Center's portal and of its token service.
///
/// All throw ``AWSError`` when the service refuses, and other errors when it cannot be asked.
package protocol TokenService: Sendable {
    /// STS `AssumeRole`, signed with what `source` gives.
    func assumeRole(_ role: RoleRequest, as source: any AWSCredentialSource) async throws -> SessionKeys

    /// STS `AssumeRoleWithWebIdentity`, unsigned. Of the request only ARN, session name and duration matter.
    func assumeRole(_ role: RoleRequest, webIdentity token: Redacted<String>) async throws -> SessionKeys

    /// SSO `GetRoleCredentials`, unsigned, in the region of the SSO instance.
    func roleCredentials(
        account: String, role: String, accessToken: Redacted<String>, region: String
    ) async throws -> SessionKeys

    /// SSO-OIDC `CreateToken` with the grant `refresh_token`, unsigned, in the region of the SSO instance.
    func renewToken(
        _ refreshToken: Redacted<String>, clientID: String, clientSecret: Redacted<String>, region: String
    ) async throws -> RenewedToken
}

/// The parameters of an `AssumeRole` (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
package struct RoleRequest: Sendable, Hashable {
    package let roleARN: String
    package let sessionName: String
    package var externalID: String?
    /// Seconds; nil for the role's own default.
    package var duration: Int?
    package var mfaSerial: String?
    /// The code that the device shows.
    package var mfaCode: Redacted<String>?

    package init(roleARN: String, sessionName: String) {
        self.roleARN = roleARN
        self.sessionName = sessionName
    }
}

/// Keys with the end of their session in seconds since 1970.
package struct SessionKeys: Sendable, Hashable {
    package let accessKeyID: String
    package let secretAccessKey: Redacted<String>
    package let sessionToken: Redacted<String>
    package let expiration: Int

    package init(
        accessKeyID: String, secretAccessKey: Redacted<String>, sessionToken: Redacted<String>, expiration: Int
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    func credentials(source: String) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
            expiration: expiration, source: source)
    }
}

package struct RenewedToken: Sendable, Hashable {
    package let accessToken: Redacted<String>
    /// Seconds from now.
    package let expiresIn: Int
    /// Replaces the one that was used; nil where there is none any more.
    package let refreshToken: Redacted<String>?

    package init(accessToken: Redacted<String>, expiresIn: Int, refreshToken: Redacted<String>?) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
    }
}
