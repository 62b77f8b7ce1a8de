import AWSClient
import Diagnostics
import HTTPTransport

/// How this process speaks to AWS: as whom, in which region, and at which addresses.
struct AWSAccount: Sendable {
    let api: AWSAPI

    /// - Parameters:
    ///   - askMFACode: nil without a terminal.
    ///   - trace: told of each request; nil where nobody wants to know.
    init(
        region: String, environment: [String: String], askMFACode: CredentialContext.MFAPrompt?,
        trace: (@Sendable (String) -> Void)?
    ) throws {
        let settings = try ProfileSettings(environment: environment)
        let endpoints = try AWSEndpoints(settings)
        func client(_ proxy: ProxyRule) -> any HTTPClient {
            let base = CurlTransport(proxy: proxy)
            guard let trace else { return base }
            return TracingTransport(base) { trace($0.description) }
        }
        let http = client(.environment(ProxyEnvironment(environment)))
        let policy = try AWSRetryPolicy(settings)
        let credentials = CredentialChain.cached(
            CredentialContext(
                environment: environment, http: client(.direct),
                tokens: AWSTokenService(http, region: region, endpoints: endpoints, policy: policy),
                askMFACode: askMFACode))
        api = AWSAPI(http, region: region, credentials: credentials, endpoints: endpoints, policy: policy)
    }
}
