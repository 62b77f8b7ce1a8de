import Diagnostics
import Documents
import HTTPTransport

/// The metadata service of an EC2 instance, version 2
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html).
///
/// As botocore does, it falls back to version 1 where no session token can be had, unless that is forbidden.
struct InstanceMetadata: CredentialIssuer {
    /// Why it has no credentials.
    struct Unavailable: Error {
        let reason: String
    }

    private static let tokenLife = "21600"
    private static let rolePath = "latest/meta-data/iam/security-credentials/"
    private static let refreshWindow = 15 * 60
    private static let jitter = 120...600

    let endpoint: HTTPURL
    let timeout: Duration
    let attempts: Int
    let allowsVersion1: Bool
    let context: CredentialContext

    func issue() async throws -> AWSCredentials {
        do throws(Unavailable) {
            return try await fetch()
        } catch {
            try Task.checkCancellation()
            throw Diagnostic(
                .error, .awsInstanceMetadata, "the instance metadata service gives no credentials any more",
                why: error.reason, fix: "check that the instance still has its role, and try again")
        }
    }

    func fetch() async throws(Unavailable) -> AWSCredentials {
        let token = try await sessionToken()
        let role = String(decoding: try await get(Self.rolePath, token) { !$0.isEmpty }, as: UTF8.self)
        let body = try await get(Self.rolePath + role, token) { Self.parsed($0) != nil }
        guard let answer = Self.parsed(body), let identifier = answer["AccessKeyId"]?.string,
            let secret = answer["SecretAccessKey"]?.string, let sessionToken = answer["Token"]?.string,
            let expiration = answer["Expiration"]?.string.flatMap(Timestamp.seconds)
        else {
            let words = [Self.parsed(body)?["Code"]?.string, Self.parsed(body)?["Message"]?.string].compactMap(\.self)
            throw Unavailable(
                reason: words.isEmpty ? "\(shown) answers without keys" : words.joined(separator: ": "))
        }
        return AWSCredentials(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(sessionToken),
            expiration: extended(expiration), source: "EC2 instance role \(role)")
    }

    private var shown: String { endpoint.withoutQuery }

    /// When the service itself cannot get newer credentials, it hands out old ones, which AWS goes on to accept: they
    /// are used until it is asked again, not all instances at once.
    private func extended(_ expiration: Int) -> Int {
        let now = Int(context.now())
        let window = Self.refreshWindow + Int.random(in: Self.jitter)
        return now >= expiration - window ? now + window : expiration
    }

    /// Nil where the service has no tokens and may be asked without.
    private func sessionToken() async throws(Unavailable) -> String? {
        let request = request(
            .put, "latest/api/token", headers: ["x-aws-ec2-metadata-token-ttl-seconds": Self.tokenLife])
        var reason = ""
        for _ in 0..<attempts {
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try await context.http.send(request)
            } catch {
                switch error.kind {
                // From within a container, which is a hop too far: the answer does not come through.
                case .timedOut, .idleTimedOut: return try withoutToken("\(shown) gives no session token")
                default: reason = Self.words(error)
                }
                continue
            }
            switch response.status {
            case 200: return String(decoding: response.body, as: UTF8.self)
            case 400: throw Unavailable(reason: "\(shown) calls the request for a session token bad")
            case 403, 404, 405: return try withoutToken("\(shown) has no session tokens")
            default: reason = "\(shown) answers the request for a session token with status \(response.status)"
            }
        }
        // Whoever does not answer this does not answer anything.
        throw Unavailable(reason: reason)
    }

    private func withoutToken(_ reason: String) throws(Unavailable) -> String? {
        if allowsVersion1 { return nil }
        throw Unavailable(reason: "\(reason), and version 1 is disabled")
    }

    private func get(
        _ path: String, _ token: String?, isGood: ([UInt8]) -> Bool
    ) async throws(Unavailable) -> [UInt8] {
        var reason = ""
        for _ in 0..<attempts {
            do throws(HTTPError) {
                let headers: HTTPHeaders = token.map { ["x-aws-ec2-metadata-token": $0] } ?? [:]
                let response = try await context.http.send(request(.get, path, headers: headers))
                if response.status == 200, isGood(response.body) { return response.body }
                reason =
                    switch response.status {
                    case 200: "\(shown)\(path) answers something else"
                    case 404 where path == Self.rolePath: "the instance has no role"
                    default: "\(shown)\(path) answers with status \(response.status)"
                    }
            } catch {
                reason = Self.words(error)
            }
        }
        throw Unavailable(reason: reason)
    }

    private func request(_ method: HTTPMethod, _ path: String, headers: HTTPHeaders) -> HTTPRequest {
        var url = endpoint
        url.path += (url.path.hasSuffix("/") ? "" : "/") + path
        return HTTPRequest(
            method, url, headers: headers,
            timeouts: HTTPTimeouts(connect: timeout, total: timeout * 2, idle: timeout), responseLimit: 1 << 20)
    }

    private static func parsed(_ body: [UInt8]) -> Node? {
        try? JSONParser.parse(body, file: SourceFile("instance metadata"))
    }

    private static func words(_ error: HTTPError) -> String { error.diagnostic.what }
}
