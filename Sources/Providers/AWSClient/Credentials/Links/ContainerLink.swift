import Diagnostics
import Documents
import Glibc
import HTTPTransport

/// The agent of ECS tasks and of EKS Pod Identity
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
struct ContainerLink: CredentialLink {
    static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    let name = "container credentials"
    let context: CredentialContext

    func find() async throws -> CredentialFinding {
        let variable: String
        let text: String
        if let path = context.environment[Self.relative] {
            (variable, text) = (Self.relative, "http://\(ContainerEndpoint.ecsHost)\(path)")
        } else if let address = context.environment[Self.full] {
            (variable, text) = (Self.full, address)
        } else {
            return .passedOver("neither \(Self.relative) nor \(Self.full) is set")
        }
        let endpoint = try ContainerEndpoint(text, variable: variable, context: context)
        return .found(endpoint, first: try await endpoint.issue())
    }
}

/// Where an agent hands out credentials.
struct ContainerEndpoint: CredentialIssuer {
    static let ecsHost = "169.254.170.2"
    /// Besides loopback addresses: what is sent over plain HTTP must not leave the machine.
    private static let hosts = [ecsHost, "169.254.170.23", "fd00:ec2::23", "localhost"]
    private static let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    private static let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    private static let attempts = 3

    let url: HTTPURL
    let context: CredentialContext

    /// - Throws: ``Diagnostic`` when it is no address, or one that credentials must not be asked of.
    init(_ text: String, variable: String, context: CredentialContext) throws(Diagnostic) {
        let place = SourceLocation(file: SourceFile(variable))
        guard let url = HTTPURL(text) else {
            throw Diagnostic(
                .error, .awsContainerCredentials, "the address of the container credentials is none: `\(text)`",
                at: place, fix: "set it as the agent has it, or unset it")
        }
        guard url.scheme == .https || Self.hosts.contains(url.host.lowercased()) || Self.isLoopback(url.host) else {
            throw Diagnostic(
                .error, .awsContainerCredentials, "credentials are not asked of \(url.host) over plain HTTP", at: place,
                why: "only loopback addresses and \(Self.hosts.joined(separator: ", ")) are on this machine",
                fix: "use https, or unset \(variable)")
        }
        self.url = url
        self.context = context
    }

    private static func isLoopback(_ host: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, host, &bytes) == 1 { return bytes[0] == 127 }
        guard inet_pton(AF_INET6, host, &bytes) == 1 else { return false }
        return bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
    }

    func issue() async throws -> AWSCredentials {
        var request = HTTPRequest(
            .get, url, headers: ["Accept": "application/json"],
            timeouts: HTTPTimeouts(connect: .seconds(2), total: .seconds(4), idle: .seconds(2)),
            responseLimit: 1 << 20)
        request.headers["Authorization"] = try authorization()
        var failure = ""
        for attempt in 1...Self.attempts {
            if attempt > 1 { try await context.sleep(.seconds(1)) }
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try await context.http.send(request)
            } catch {
                guard error.isTransient else { throw error.diagnostic }
                failure = error.diagnostic.what
                continue
            }
            if response.status != 200 {
                failure = Self.words(of: response)
            } else if let answer = try? JSONParser.parse(response.body, file: SourceFile(url.withoutQuery)) {
                return try credentials(answer)
            } else {
                failure = "its answer is not JSON"
            }
        }
        throw problem(failure)
    }

    /// The token of EKS Pod Identity is read each time: its file is renewed.
    private func authorization() throws(Diagnostic) -> String? {
        var value = context.environment[Self.token]
        var place = SourceFile(Self.token)
        if let path = context.environment[Self.tokenFile] {
            value = String(decoding: try FileBytes.read(path: path, maximumSize: 1 << 20), as: UTF8.self)
            place = SourceFile(path)
        }
        if let value, value.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" }) {
            throw Diagnostic(
                .error, .awsContainerCredentials, "the authorization token has more than one line",
                at: SourceLocation(file: place), fix: "write it without a line break, not at its end either")
        }
        return value
    }

    private func credentials(_ answer: Node) throws -> AWSCredentials {
        guard let identifier = answer["AccessKeyId"]?.string, let secret = answer["SecretAccessKey"]?.string,
            let token = answer["Token"]?.string,
            let expiration = answer["Expiration"]?.string.flatMap(Timestamp.seconds)
        else { throw problem("its answer lacks AccessKeyId, SecretAccessKey, Token or Expiration") }
        return AWSCredentials(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(token),
            expiration: expiration, source: "container credentials of \(url.withoutQuery)")
    }

    private func problem(_ why: String) -> Diagnostic {
        Diagnostic(
            .error, .awsContainerCredentials, "\(url.withoutQuery) gives no credentials", why: why,
            fix: "check that a role is assigned to the task or the service account, and that its agent runs")
    }

    private static func words(of response: HTTPResponse) -> String {
        let text = String(decoding: response.body.prefix(500), as: UTF8.self)
        return "status \(response.status)" + (text.isEmpty ? "" : ": \(text)")
    }
}
