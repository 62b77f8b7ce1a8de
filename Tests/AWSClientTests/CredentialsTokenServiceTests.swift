import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import Testing

/// How the services that hand out sessions are spoken to.
@Suite struct CredentialsTokenServiceTests {
    private static let answer = """
        <AssumeRoleResponse><AssumeRoleResult><Credentials>
        <AccessKeyId>k</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """
    private static let keys = SessionKeys(
        accessKeyID: "k", secretAccessKey: Redacted("s"), sessionToken: Redacted("t"), expiration: 4_070_908_800)

    private func body(_ request: HTTPRequest?) -> [String: String] {
        let pairs = String(decoding: request?.body ?? [], as: UTF8.self).split(separator: "&").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        return Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
    }

    @Test func aRoleIsAssumedWithSignedParameters() async throws {
        let client = PreparedClient((200, [:], Self.answer))
        var role = RoleRequest(roleARN: "arn:demo", sessionName: "me")
        role.externalID = "e"
        role.duration = 900
        role.mfaSerial = "mfa"
        role.mfaCode = Redacted("123456")
        let keys = try await AWSTokenService(client, region: "eu-west-1").assumeRole(
            role, as: PreparedCredentials("base"))
        #expect(keys == Self.keys)
        let request = try #require(client.requests.first)
        #expect(request.url.host == "sts.eu-west-1.amazonaws.com")
        #expect(request.headers["Authorization"]?.contains("Credential=base/") == true)
        #expect(
            body(request) == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn%3Ademo", "RoleSessionName": "me",
                "ExternalId": "e", "DurationSeconds": "900", "SerialNumber": "mfa", "TokenCode": "123456",
            ])
    }

    @Test func aSourceThatExpiredIsRenewed() async throws {
        let client = PreparedClient(
            (403, [:], "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>"),
            (200, [:], Self.answer))
        let keys = try await AWSTokenService(client, region: "eu-west-1").assumeRole(
            RoleRequest(roleARN: "arn:demo", sessionName: "me"), as: PreparedCredentials("old", "new"))
        #expect(keys == Self.keys)
        #expect(client.requests.last?.headers["Authorization"]?.contains("Credential=new/") == true)
    }

    @Test func aWebIdentityIsNotSigned() async throws {
        let client = PreparedClient(
            (200, [:], Self.answer.replacing("AssumeRoleRe", with: "AssumeRoleWithWebIdentityRe")))
        let keys = try await AWSTokenService(client, region: "eu-west-1").assumeRole(
            RoleRequest(roleARN: "arn:demo", sessionName: "me"), webIdentity: Redacted("jwt"))
        #expect(keys == Self.keys)
        #expect(client.requests.first?.headers["Authorization"] == nil)
        #expect(body(client.requests.first)["WebIdentityToken"] == "jwt")
        #expect(body(client.requests.first)["Action"] == "AssumeRoleWithWebIdentity")
    }

    @Test func rolesOfSSOAreAskedForInItsRegion() async throws {
        let client = PreparedClient(
            (
                200, [:],
                """
                {"roleCredentials": {"accessKeyId": "k", "secretAccessKey": "s", "sessionToken": "t",
                 "expiration": 4070908800000}}
                """
            ))
        let keys = try await AWSTokenService(client, region: "eu-west-1").roleCredentials(
            account: "1", role: "Reader of all", accessToken: Redacted("token"), region: "us-east-1")
        #expect(keys == Self.keys)
        let request = try #require(client.requests.first)
        #expect(
            request.url.description
                == "https://portal.sso.us-east-1.amazonaws.com/federation/credentials"
                + "?role_name=Reader%20of%20all&account_id=1")
        #expect(request.headers["x-amz-sso_bearer_token"] == "token")
        #expect(request.headers["Authorization"] == nil)
    }

    @Test func tokensOfSSOAreRenewed() async throws {
        let client = PreparedClient((200, [:], #"{"accessToken": "a", "expiresIn": 3600, "refreshToken": "n"}"#))
        let renewed = try await AWSTokenService(client, region: "eu-west-1").renewToken(
            Redacted("r"), clientID: "c", clientSecret: Redacted("s"), region: "us-east-1")
        #expect(
            renewed == RenewedToken(accessToken: Redacted("a"), expiresIn: 3600, refreshToken: Redacted("n")))
        let request = try #require(client.requests.first)
        #expect(request.url.description == "https://oidc.us-east-1.amazonaws.com/token")
        #expect(
            try JSONParser.parse(request.body, file: .unknown) == [
                "grantType": "refresh_token", "clientId": "c", "clientSecret": "s", "refreshToken": "r",
            ])
    }

    @Test func anAnswerWithoutCredentialsIsTold() async throws {
        let service = AWSTokenService(PreparedClient((200, [:], "<x/>")), region: "eu-west-1")
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await service.assumeRole(
                RoleRequest(roleARN: "arn:demo", sessionName: "me"), webIdentity: Redacted("jwt"))
        }
        #expect(problem?.code.name == "aws.token-answer")
    }
}
