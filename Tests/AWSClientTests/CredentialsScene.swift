import AWSClient
import Cryptography
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Synchronization

/// A home folder with the files that a test wants, an environment, and services that say what they were asked.
struct CredentialsScene {
    let home: URL
    var environment: [String: String]
    var profile: String?
    var services = PlayedServices()
    var http: any HTTPClient = PatientClient()
    var askMFACode: CredentialContext.MFAPrompt? = { _ in Redacted("123456") }
    var now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// - Parameter files: by their paths below the home folder.
    init(_ environment: [String: String] = [:], files: [String: String] = [:], profile: String? = nil) throws {
        home = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: home.appending(path: ".aws/sso/cache"), withIntermediateDirectories: true)
        self.environment = [
            "HOME": home.path, "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_METADATA_SERVICE_TIMEOUT": "60",
        ]
        .merging(environment) { _, own in own }
        self.profile = profile
        for (path, text) in files { try write(text, to: path) }
    }

    func write(_ text: String, to path: String) throws {
        let file = home.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ path: String) throws -> Node {
        try JSONParser.parse(Array(try Data(contentsOf: home.appending(path: path))), file: .unknown)
    }

    func remove() {
        try? FileManager.default.removeItem(at: home)
    }

    var context: CredentialContext {
        CredentialContext(
            environment: environment, http: http, tokens: services, askMFACode: askMFACode, now: now, sleep: { _ in })
    }

    func credentials() async throws -> AWSCredentials {
        try await CredentialChain.cached(context, explicitProfile: profile).credentials(replacing: nil)
    }

    /// The problem that there is instead of credentials.
    func problem() async throws -> Diagnostic {
        do {
            let found = try await credentials()
            throw Unexpected(description: "there are credentials: \(found.accessKeyID) from \(found.source)")
        } catch let problem as Diagnostic {
            return problem
        }
    }

    /// What botocore finds in the same files with the same environment.
    ///
    /// - Parameter cache: whether it keeps the sessions of roles, as the AWS CLI has it do.
    func question(_ kind: String, cache: Bool = false) -> Node {
        var variables = Mapping()
        for (name, value) in environment { variables[name] = .string(value) }
        return [
            "ask": .string(kind), "environment": .mapping(variables), "profile": profile.map { .string($0) } ?? .null,
            "cache": .bool(cache),
        ]
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }
}

/// STS, SSO and SSO-OIDC, as `Fixtures/credentials.py` plays them for botocore.
final class PlayedServices: TokenService {
    static let end = 4_070_908_800

    private let calls = Mutex<[String]>([])
    let refusal: AWSError?
    /// Whether tokens of SSO are renewed.
    let isRenewing: Bool

    init(refusing refusal: AWSError? = nil, renewing isRenewing: Bool = true) {
        self.refusal = refusal
        self.isRenewing = isRenewing
    }

    var asked: [String] { calls.withLock { $0 } }

    private func keys(_ name: String, _ words: String...) throws -> SessionKeys {
        let text = "\(name)(\(words.joined(separator: ",")))"
        calls.withLock { $0.append(text) }
        if let refusal { throw refusal }
        return SessionKeys(
            accessKeyID: text, secretAccessKey: Redacted("secret"), sessionToken: Redacted("token"),
            expiration: Self.end)
    }

    private func name(_ role: RoleRequest) -> String {
        role.sessionName.hasPrefix("synthdata-infra-") ? "-" : role.sessionName
    }

    func assumeRole(_ role: RoleRequest, as source: any AWSCredentialSource) async throws -> SessionKeys {
        try keys(
            "role", role.roleARN, name(role), role.externalID ?? "-", role.duration.map(String.init) ?? "-",
            role.mfaSerial ?? "-", role.mfaCode?.secret ?? "-",
            try await source.credentials(replacing: nil).accessKeyID)
    }

    func assumeRole(_ role: RoleRequest, webIdentity token: Redacted<String>) async throws -> SessionKeys {
        try keys("web", role.roleARN, name(role), token.secret)
    }

    func roleCredentials(
        account: String, role: String, accessToken: Redacted<String>, region: String
    ) async throws -> SessionKeys {
        if accessToken.secret == "refused" {
            throw AWSError(
                code: "UnauthorizedException", message: "Session token not found or invalid", status: 401,
                requestID: "", operation: "sso:GetRoleCredentials")
        }
        return try keys("sso", account, role, accessToken.secret)
    }

    func renewToken(
        _ refreshToken: Redacted<String>, clientID: String, clientSecret: Redacted<String>, region: String
    ) async throws -> RenewedToken {
        let text = "renewed(\(refreshToken.secret),\(clientID),\(clientSecret.secret))"
        calls.withLock { $0.append(text) }
        guard isRenewing else {
            throw AWSError(
                code: "InvalidGrantException", message: "", status: 400, requestID: "",
                operation: "sso-oidc:CreateToken")
        }
        return RenewedToken(accessToken: Redacted(text), expiresIn: 3600, refreshToken: Redacted("next"))
    }
}

extension CredentialsScene {
    /// The name of the file in which the AWS CLI keeps the token of a session or of a start URL.
    static func cacheKey(_ name: String) -> String { SHA1Digest.hexadecimal(of: Array(name.utf8)) }
}

extension Botocore {
    /// One for all tests about credentials: it takes a second to start.
    private static let credentials = Result { try Botocore("credentials.py") }

    static func aboutCredentials() throws -> Botocore { try credentials.get() }
}

/// Waits longer than a real metadata service would be waited for: the machine is busy with other tests.
struct PatientClient: HTTPClient {
    private let base = CurlTransport(proxy: .direct)

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = request
        request.timeouts = HTTPTimeouts()
        return try await base.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        throw HTTPError(.invalidRequest, request, mayHaveReachedServer: false)
    }
}
