import Diagnostics
import Documents
import Foundation
import ResourceManager
import ServiceModel
import TestSupport
import Testing

/// Rendered configurations as Terraform itself sees them, with the real provider of AWS; one after the other, for each
/// takes a processor and half a gigabyte.
@Suite(.enabled(if: Terraform.isWanted, "\(Terraform.reason)"), .serialized)
struct TerraformProgramTests {
    /// All that a cloud's templates can say, with the state kept in the folder.
    private static func maximal(_ provider: ProviderKind) -> [ServiceCase] {
        TerraformRenderingTests.cases.filter { $0.provider == provider }.map { service in
            var service = service
            service.assignments.removeAll { $0.contains("backend") }
            return service
        }
    }

    /// Every data type, and what a service can be asked for beyond.
    static let services: [ServiceCase] =
        DataType.allCases.map { .cloud(.aws, of: $0) } + maximal(.aws) + [
            .cloud(.aws, "providers.aws.identity=irsa", "storage.bucket.expire_noncurrent_after=null"),
            .cloud(.aws, "storage.bucket.enabled=false", "scheduling.node_pool.enabled=false"),
            .cloud(
                .aws, "providers.aws.node_role=arn:aws:iam::123456789012:role/nodes",
                "providers.aws.subnets=[subnet-1, subnet-2]",
                "providers.aws.permissions_boundary=arn:aws:iam::123456789012:policy/bounds"),
        ]

    /// All at once, as modules of one configuration: to ask the provider for its schema takes longer than to compare.
    @Test func theProvidersOwnSchemaAcceptsEveryService() async throws {
        let terraform = try Terraform()
        defer { terraform.remove() }
        var root = try ServiceCase.cloud(.aws).terraform()
        for (index, service) in Self.services.enumerated() {
            var configuration = try service.terraform().mapping ?? Mapping()
            // Of a root module only.
            configuration.remove("import")
            try terraform.write(JSONEmitter.bytes(of: .mapping(configuration)), to: "service-\(index)")
            root.merge(["module": ["service-\(index)": ["source": .string("./service-\(index)")]]])
        }
        try terraform.write(JSONEmitter.bytes(of: root))
        try await terraform.initialise()
        let outcome = try await terraform("validate", "-no-color")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(!outcome.output.contains("Warning"), "\(outcome.output)")
        // It can fail: a misspelt argument of one is refused.
        let broken = try ServiceCase.cloud(.aws).terraformText().replacing("max_unavailable", with: "most_unavailable")
        try terraform.write(Array(broken.utf8))
        let refused = try await terraform("validate", "-no-color")
        #expect(refused.status != 0 && refused.output.contains("most_unavailable"), "\(refused.output)")
    }

    /// Their providers are not here: Terraform reads the configurations and names what they need.
    @Test(arguments: [(ProviderKind.gcp, "hashicorp/google"), (.azure, "hashicorp/azurerm")])
    func otherCloudsConfigurationsAreRead(provider: ProviderKind, source: String) async throws {
        let terraform = try Terraform()
        defer { terraform.remove() }
        for service in Self.maximal(provider)
            + DataType.allCases.map({ .cloud(provider, "resources.gpu.memory=null", of: $0) })
        {
            try terraform.write(Array(try service.terraformText().utf8))
            let outcome = try await terraform("providers", "-no-color")
            #expect(outcome.status == 0 && outcome.output.contains(source), "\(outcome.output)")
        }
    }
}

extension Terraform {
    /// - Throws: where the provider cannot be had, with what Terraform says.
    fileprivate func initialise() async throws {
        let outcome = try await self("init", "-no-color")
        try #require(
            outcome.status == 0,
            "TERRAFORM_PLUGINS names the folder of a mirror, TERRAFORM=none leaves this out: \(outcome.output)")
    }
}
