import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import Testing

/// Hosts of services, compared with those that botocore's rules come to.
@Suite struct EndpointTests {
    /// botocore's names of the services.
    private static let names = [
        "cloudwatch_logs": "logs", "secrets_manager": "secretsmanager", "service_quotas": "service-quotas",
        "sso_oidc": "sso-oidc",
    ]

    @Test func areThoseOfEveryPartition() async throws {
        let botocore = try Botocore("endpoints.py")
        for service in AWSService.all {
            for region in [
                "us-east-1", "us-west-2", "eu-central-2", "il-central-1", "us-gov-west-1", "us-gov-east-1",
                "cn-north-1", "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1",
            ] {
                for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
                    // Elsewhere there are none, whatever the rules would make of it.
                    if fips, !region.hasPrefix("us-") || region.hasPrefix("us-iso") { continue }
                    if dual, region.hasPrefix("us-iso") { continue }
                    let endpoint = try AWSEndpoints(usesFIPS: fips, usesDualStack: dual)
                        .endpoint(of: service, in: region)
                    let theirs = try await botocore.ask([
                        "service": .string(Self.names[service.id] ?? service.id), "region": .string(region),
                        "fips": .bool(fips), "dual": .bool(dual),
                    ])
                    #expect(
                        theirs["url"]?.string == "https://\(endpoint.url.host)",
                        "\(service.id) \(region) \(fips) \(dual)")
                    #expect(theirs["region"]?.string == endpoint.signingRegion, "\(service.id) \(region)")
                }
            }
        }
    }

    @Test func areChosen() throws {
        let endpoints = AWSEndpoints { service in
            service == .sts ? ("http://127.0.0.1:5000/base", "AWS_ENDPOINT_URL_STS") : nil
        }
        let endpoint = try endpoints.endpoint(of: .sts, in: "eu-west-1")
        #expect(endpoint.url.description == "http://127.0.0.1:5000/base")
        #expect(endpoint.signingRegion == "eu-west-1")
        #expect(endpoint.isChosen)
        #expect(try endpoints.endpoint(of: .eks, in: "eu-west-1").url.host == "eks.eu-west-1.amazonaws.com")
    }

    @Test(arguments: ["localhost:5000", "ftp://x", "http://x?y=z"])
    func mustBeAddresses(text: String) throws {
        let endpoints = AWSEndpoints { _ in (text, "AWS_ENDPOINT_URL") }
        let problem = try #require(throws: Diagnostic.self) { try endpoints.endpoint(of: .sts, in: "us-east-1") }
        #expect(problem.what == "`AWS_ENDPOINT_URL` is no address of a service: `\(text)`")
    }

    @Test(arguments: [
        ("AWS_USE_FIPS_ENDPOINT", "maybe", "`use_fips_endpoint` (AWS_USE_FIPS_ENDPOINT) cannot be `maybe`"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "1", "`use_dualstack_endpoint` (AWS_USE_DUALSTACK_ENDPOINT) cannot be `1`"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "no", "cannot be `no`"),
        ("AWS_MAX_ATTEMPTS", "zero", "`max_attempts` (AWS_MAX_ATTEMPTS) cannot be `zero`"),
        ("AWS_MAX_ATTEMPTS", "0", "cannot be `0`"),
        ("AWS_RETRY_MODE", "silly", "`retry_mode` (AWS_RETRY_MODE) cannot be `silly`"),
    ])
    func settingsThatMeanNothingAreToldAtTheVariable(variable: String, value: String, what: String) throws {
        let settings = try ProfileSettings(environment: ["HOME": "/nonexistent", variable: value])
        let problem = try #require(throws: Diagnostic.self) {
            _ = try AWSEndpoints(settings)
            _ = try AWSRetryPolicy(settings)
        }
        #expect(problem.code.name == "aws.setting")
        #expect(problem.what.hasSuffix(what))
        #expect(problem.location?.description == variable)
        #expect(problem.fix != nil)
    }

    @Test func settingsAreTaken() throws {
        let settings = try ProfileSettings(environment: [
            "HOME": "/nonexistent", "AWS_USE_FIPS_ENDPOINT": "TRUE", "AWS_USE_DUALSTACK_ENDPOINT": "false",
            "AWS_MAX_ATTEMPTS": "7", "AWS_RETRY_MODE": "Adaptive", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
        ])
        let endpoints = try AWSEndpoints(settings)
        #expect(endpoints.usesFIPS)
        #expect(!endpoints.usesDualStack)
        #expect(try AWSRetryPolicy(settings).attempts == 7)
        #expect(try AWSRetryPolicy(ProfileSettings(environment: ["HOME": "/nonexistent"])).attempts == 3)
    }

    @Test func saysWhereThereIsNoFIPS() throws {
        let problem = try #require(throws: Diagnostic.self) {
            try AWSEndpoints(usesFIPS: true).endpoint(of: .sts, in: "cn-north-1")
        }
        #expect(problem.what == "there are no FIPS endpoints in `cn-north-1`")
    }
}
