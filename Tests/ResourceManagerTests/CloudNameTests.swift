import ResourceManager
import ServiceModel
import Testing

@Suite struct CloudNameTests {
    private static let clouds: [ProviderKind] = [.aws, .gcp, .azure]
    /// Names that are short, as long as they may be, and that end in a hyphen where they are cut.
    private static let services = [
        "a", "demo", String(repeating: "x", count: 63), "\(String(repeating: "ab-", count: 20))z",
    ]

    @Test(arguments: clouds, services) func derivedNamesFollowTheCloudsRules(
        provider: ProviderKind, service: String
    ) throws {
        let names = CloudNames(
            provider, ServiceIdentity(name: try ServiceName(service), namespace: "synthdata"), region: "eu-west-1",
            cluster: "main")
        let bucket = try #require(names.bucket(account: "123456789012"))
        #expect(CloudNameSyntax.problem(withBucket: bucket, at: provider) == nil, "\(bucket)")
        #expect(CloudNameSyntax.problem(withNodePool: names.nodePool, at: provider) == nil, "\(names.nodePool)")
        let identity = try #require(names.identity)
        #expect(identity.utf8.count <= (provider == .gcp ? 30 : 64), "\(identity)")
        #expect(try #require(names.nodeRole).utf8.count <= 64)
        #expect(!identity.contains("--") && !bucket.contains("--"))
    }

    @Test(arguments: clouds) func everyPartOfThePlaceMakesAnotherName(provider: ProviderKind) throws {
        func name(_ account: String, _ region: String, _ cluster: String, _ namespace: String) throws -> String? {
            let service = ServiceIdentity(name: try ServiceName("demo"), namespace: namespace)
            return CloudNames(provider, service, region: region, cluster: cluster).bucket(account: account)
        }
        let all = [
            try name("1", "r", "c", "n"), try name("2", "r", "c", "n"), try name("1", "s", "c", "n"),
            try name("1", "r", "d", "n"), try name("1", "r", "c", "m"),
        ]
        #expect(Set(all).count == 5)
        #expect(!all.contains(nil))
    }

    /// Whoever derives it, in another version and language, finds the same bucket.
    @Test func theNameIsTheOneThatIsDocumented() throws {
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata")
        let names = CloudNames(.aws, service, region: "eu-west-1", cluster: "main")
        // printf 123456789012/eu-west-1/main/synthdata/demo | sha256sum | cut -c -10
        #expect(names.bucket(account: "123456789012") == "synthdata-demo-1e1a01d7f0")
    }

    @Test func withoutAClusterThereIsNoPlace() throws {
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata")
        let names = CloudNames(.aws, service, region: "eu-west-1", cluster: nil)
        #expect(names.bucket(account: "1") == nil)
        #expect(names.identity == nil)
        #expect(!names.nodePool.isEmpty)
    }

    @Test(arguments: [
        ("my-data.eu", ProviderKind.aws, true), ("My-data", .aws, false), ("ab", .aws, false), ("-data", .aws, false),
        ("data-", .aws, false), ("a..b", .aws, false), ("192.168.0.1", .aws, false), ("xn--data", .aws, false),
        ("data-s3alias", .aws, false), ("my_data", .aws, false), (String(repeating: "x", count: 64), .aws, false),
        ("my_data", .gcp, true), ("goog-data", .gcp, false), ("my-google-data", .gcp, false), ("mydata1", .azure, true),
        ("my-data", .azure, false), (String(repeating: "x", count: 25), .azure, false),
    ])
    func bucketsAreNamedByTheRulesOfTheirCloud(name: String, provider: ProviderKind, isValid: Bool) {
        #expect((CloudNameSyntax.problem(withBucket: name, at: provider) == nil) == isValid)
    }

    @Test(arguments: [
        ("Pool_1", ProviderKind.aws, true), ("-pool", .aws, false), ("pool/1", .aws, false), ("pool-", .aws, false),
        ("pool-1", .gcp, true), ("1pool", .gcp, false), ("Pool", .gcp, false), ("pool1", .azure, true),
        ("pool-1", .azure, false), ("averylongname", .azure, false),
    ])
    func nodePoolsAreNamedByTheRulesOfTheirCloud(name: String, provider: ProviderKind, isValid: Bool) {
        #expect((CloudNameSyntax.problem(withNodePool: name, at: provider) == nil) == isValid)
    }
}
