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

    @Test func theProvidersOwnSchemaAcceptsEveryService() async throws {
        let terraform = try Terraform()
        defer { terraform.remove() }
        try terraform.write(Array(try ServiceCase.cloud(.aws).terraformText().utf8))
        try await terraform.initialise()
        for service in Self.services {
            try terraform.write(Array(try service.terraformText().utf8))
            let outcome = try await terraform("validate", "-no-color")
            #expect(outcome.status == 0, "\(service.dataType) \(service.assignments): \(outcome.output)")
            #expect(!outcome.output.contains("Warning"), "\(outcome.output)")
        }
        // It can fail: a misspelt argument is refused.
        let broken = try ServiceCase.cloud(.aws).terraformText().replacing("\"disk_size\"", with: "\"disc_size\"")
        try terraform.write(Array(broken.utf8))
        let outcome = try await terraform("validate", "-no-color")
        #expect(outcome.status != 0 && outcome.output.contains("disc_size"), "\(outcome.output)")
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

    /// Terraform makes at an AWS what boto3, another client, then sees; what exists is taken over; all of it goes.
    @Test func whatIsRenderedIsMadeAndTakenOverAndRemoved() async throws {
        let aws = try await MotoServer.start(cluster: "main", region: "eu-west-1")
        let terraform = try Terraform([
            "AWS_ENDPOINT_URL": aws.address, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        ])
        defer { terraform.remove() }
        // Without a CDN, whose making the provider follows for half a minute.
        let service = ServiceCase.cloud(.aws, "monitoring.log_retention=10d", "storage.cdn_enabled=false")
        try terraform.write(Array(try service.terraformText().utf8))
        try await terraform.initialise()
        let applied = try await terraform("apply", "-no-color", "-auto-approve")
        #expect(applied.status == 0, "\(applied.output)")

        let told = try await terraform("output", "-json")
        let outputs = try JSONParser.parse(told.output, file: .init("outputs"))
        let bucket = try #require(outputs["bucket"]?["value"]?.string)
        let facts = try CloudFacts(service.spec().inAccount("123456789012")).node
        #expect(bucket == facts["bucket"]?["name"]?.string)
        let role = try #require(facts["identity"]?["role_name"]?.string)
        #expect(outputs["identity"]?["value"]?.string == "arn:aws:iam::123456789012:role/\(role)")

        let group = try await aws.boto(
            "eks", "describe_nodegroup",
            ["clusterName": "main", "nodegroupName": outputs["node_pool"]?["value"] ?? .null])["nodegroup"]
        #expect(group?["instanceTypes"] == ["g4dn.4xlarge"])
        #expect(group?["labels"]?["synthdata.io/node-pool"] == facts["node_pool"]?["name"])
        #expect(group?["taints"] == [["key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"]])
        let policy = try await aws.boto("iam", "get_role_policy", ["RoleName": .string(role), "PolicyName": "synthdata"])
        #expect(JSONEmitter.emit(policy).contains("arn:aws:s3:::\(bucket)/*"))
        let blocked = try await aws.boto("s3", "get_public_access_block", ["Bucket": .string(bucket)])
        #expect(blocked["PublicAccessBlockConfiguration"]?["RestrictPublicBuckets"] == true)
        let associations = try await aws.boto(
            "eks", "list_pod_identity_associations", ["clusterName": "main"])["associations"]?.sequence
        #expect(associations?.map { $0["serviceAccount"] } == ["demo"])

        // As if something else had made it.
        try FileManager.default.removeItem(atPath: "\(terraform.folder)/terraform.tfstate")
        let adopted = try await terraform(
            "plan", "-no-color", "-var",
            #"adopt={bucket="\#(bucket)",role="\#(role)",log_group="/synthdata/main/synthdata/demo"}"#)
        #expect(adopted.output.contains("3 to import"), "\(adopted.output)")
        let taken = try await terraform(
            "apply", "-no-color", "-auto-approve", "-target=aws_s3_bucket.data", "-var", #"adopt={bucket="\#(bucket)"}"#
        )
        #expect(taken.output.contains("1 imported"), "\(taken.output)")
        let removed = try await terraform("destroy", "-no-color", "-auto-approve", "-var", "delete_data=true")
        #expect(removed.status == 0, "\(removed.output)")
        let left = try await aws.boto("s3", "list_buckets", [:])["Buckets"]?.sequence
        #expect(left?.isEmpty == true)
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

/// AWS as moto plays it, and boto3 to look at it: `Tests/Support/aws-server/aws_server.py`.
private struct MotoServer {
    let address: String
    private let process: LineProcess

    static func start(cluster: String, region: String) async throws -> MotoServer {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
        let process = try LineProcess([
            "\(tests)/../.venv/bin/python", "\(tests)/Support/aws-server/aws_server.py", "--cluster", cluster,
            "--region", region,
        ])
        let address = await process.line()
        try #require(address.hasPrefix("http"), "moto was not started; what it said is above")
        return MotoServer(address: address, process: process)
    }

    func boto(_ service: String, _ operation: String, _ arguments: Node) async throws -> Node {
        let question: Node = [
            "do": "boto", "service": .string(service), "operation": .string(operation), "arguments": arguments,
        ]
        let answer = try JSONParser.parse(await process.ask(JSONEmitter.emit(question)), file: .init("boto3"))
        return try #require(answer["result"], "\(service) \(operation): \(JSONEmitter.emit(answer))")
    }
}
