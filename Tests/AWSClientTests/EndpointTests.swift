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

    @Test func saysWhereThereIsNoFIPS() throws {
        let problem = try #require(throws: Diagnostic.self) {
            try AWSEndpoints(usesFIPS: true).endpoint(of: .sts, in: "cn-north-1")
        }
        #expect(problem.what == "there are no FIPS endpoints in `cn-north-1`")
    }
}
