package import Diagnostics
import Documents
package import HTTPTransport

/// STS, IAM Identity Center and its token service, as they are spoken to.
package struct AWSTokenService: TokenService {
    private let http: any HTTPClient
    private let region: String
    private let endpoints: AWSEndpoints
    private let policy: AWSRetryPolicy

    /// - Parameters:
    ///   - http: which repeats nothing by itself.
    ///   - region: of STS. IAM Identity Center has one of its own.
    package init(
        _ http: any HTTPClient, region: String, endpoints: AWSEndpoints = AWSEndpoints(),
        policy: AWSRetryPolicy = AWSRetryPolicy()
    ) {
        self.http = http
        self.region = region
        self.endpoints = endpoints
        self.policy = policy
    }

    /// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    package func assumeRole(_ role: RoleRequest, as source: any AWSCredentialSource) async throws -> SessionKeys {
        var parameters = role.parameters
        if let externalID = role.externalID { parameters.append(("ExternalId", externalID)) }
        if let serial = role.mfaSerial { parameters.append(("SerialNumber", serial)) }
        if let code = role.mfaCode { parameters.append(("TokenCode", code.secret)) }
        return try Self.keys(try await api(region, source).query(.sts, "AssumeRole", parameters))
    }

    /// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    package func assumeRole(_ role: RoleRequest, webIdentity token: Redacted<String>) async throws -> SessionKeys {
        let parameters = role.parameters + [("WebIdentityToken", token.secret)]
        return try Self.keys(try await api(region, nil).query(.sts, "AssumeRoleWithWebIdentity", parameters))
    }

    /// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
    package func roleCredentials(
        account: String, role: String, accessToken: Redacted<String>, region: String
    ) async throws -> SessionKeys {
        let call = AWSCall(
            .sso, "GetRoleCredentials", .get, "/federation/credentials",
            query: [("role_name", role), ("account_id", account)],
            headers: ["x-amz-sso_bearer_token": accessToken.secret])
        let answer = try await api(region, nil).send(call).json()["roleCredentials"]
        guard let identifier = answer?["accessKeyId"]?.string, let secret = answer?["secretAccessKey"]?.string,
            let token = answer?["sessionToken"]?.string, let milliseconds = answer?["expiration"]?.integer
        else { throw Self.incomplete("sso:GetRoleCredentials") }
        return SessionKeys(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(token),
            expiration: milliseconds / 1000)
    }

    /// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
    package func renewToken(
        _ refreshToken: Redacted<String>, clientID: String, clientSecret: Redacted<String>, region: String
    ) async throws -> RenewedToken {
        let call = AWSCall(
            .ssoOIDC, "CreateToken", .post, "/token",
            json: [
                "grantType": "refresh_token", "clientId": .string(clientID),
                "clientSecret": .string(clientSecret.secret), "refreshToken": .string(refreshToken.secret),
            ])
        let answer = try await api(region, nil).send(call).json()
        guard let token = answer["accessToken"]?.string, let life = answer["expiresIn"]?.integer else {
            throw Self.incomplete("sso-oidc:CreateToken")
        }
        return RenewedToken(
            accessToken: Redacted(token), expiresIn: life,
            refreshToken: answer["refreshToken"]?.string.map(Redacted.init))
    }

    private func api(_ region: String, _ credentials: (any AWSCredentialSource)?) -> AWSAPI {
        AWSAPI(http, region: region, credentials: credentials, endpoints: endpoints, policy: policy)
    }

    private static func keys(_ answer: Node) throws(Diagnostic) -> SessionKeys {
        let keys = answer["Credentials"]
        guard let identifier = keys?["AccessKeyId"]?.string, let secret = keys?["SecretAccessKey"]?.string,
            let token = keys?["SessionToken"]?.string,
            let expiration = keys?["Expiration"]?.string.flatMap(Timestamp.seconds)
        else { throw incomplete("sts:AssumeRole") }
        return SessionKeys(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(token),
            expiration: expiration)
    }

    private static func incomplete(_ operation: String) -> Diagnostic {
        Diagnostic(
            .error, .awsTokenAnswer, "\(operation) answered without credentials",
            fix: "look at what answers at that address; --verbose shows the requests")
    }
}

extension RoleRequest {
    fileprivate var parameters: [(String, String)] {
        let base = [("RoleArn", roleARN), ("RoleSessionName", sessionName)]
        return base + (duration.map { [("DurationSeconds", String($0))] } ?? [])
    }
}

extension Diagnostic.Code {
    static let awsTokenAnswer = Self("aws.token-answer", .failed)
}
