import AWSClient
import Diagnostics
import HTTPTransport

/// How this process speaks to AWS: as whom, in which region, and at which addresses.
struct AWSAccount: Sendable {
    let api: AWSAPI

    /// - Parameters:
    ///   - region: nil for the one that AWS's own settings name.
    ///   - askMFACode: nil without a terminal.
    ///   - trace: told of each request; nil where nobody wants to know.
    init(
        region: String?, environment: [String: String], askMFACode: CredentialContext.MFAPrompt?,
        trace: (@Sendable (String) -> Void)?
    ) throws {
        let settings = try ProfileSettings(environment: environment)
        guard let region = try region ?? Self.region(settings) else {
            throw Diagnostic(
                .error, .region, "no region is named", why: "nothing says in which region of AWS the cluster is",
                fix: "set `providers.aws.region`, or AWS_REGION")
        }
        let endpoints = try AWSEndpoints(settings)
        func client(_ proxy: ProxyRule) -> any HTTPClient {
            let base = CurlTransport(proxy: proxy)
            guard let trace else { return base }
            return TracingTransport(base) { trace($0.description) }
        }
        let http = client(.environment(ProxyEnvironment(environment)))
        var policy = AWSRetryPolicy()
        if let text = try settings.text("max_attempts", variable: "AWS_MAX_ATTEMPTS"), let attempts = Int(text) {
            policy.attempts = max(1, attempts)
        }
        let credentials = CredentialChain.cached(
            CredentialContext(
                environment: environment, http: client(.direct),
                tokens: AWSTokenService(http, region: region, endpoints: endpoints, policy: policy),
                askMFACode: askMFACode))
        api = AWSAPI(http, region: region, credentials: credentials, endpoints: endpoints, policy: policy)
    }

    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    private static func region(_ settings: ProfileSettings) throws -> String? {
        if let region = settings.environment["AWS_REGION"], !region.isEmpty { return region }
        return try settings.text("region", variable: "AWS_DEFAULT_REGION")
    }
}

extension Diagnostic.Code {
    static let region = Self("aws.no-region")
}
