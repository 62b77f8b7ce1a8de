import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import TestSupport
import Testing

/// A service that was made through REST and is Terraform's from then on: what boto3 sees after each step.
@Suite(
    .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"),
    .enabled(if: Terraform.isWanted, "\(Terraform.reason)"))
struct TerraformTakeoverTests {
    private static let rest = """
        scheduling: {node_pool: {instance_types: [c7i.xlarge]}}
        storage: {cdn_enabled: true}

        """
    private static let terraform = rest + "providers: {aws: {engine: terraform}}\n"

    @Test func whatIsMadeThroughRESTIsTakenOverAndGoesOn() async throws {
        let server = try await AWSServer()
        let machine = try TerraformFolders(server)
        try await CloudService.with(server: server) { service in
            try await service.deploy(Self.rest)
            let made = try await All(server)
            #expect(made.distributions.count == 1)
            try await refusesWhatWouldBeLeftBehind(service, machine)

            let provider = try service.provider(terraform: machine.engine())
            let plan = try await service.deployShowing(Self.terraform, with: provider)
            #expect(plan.changes.allSatisfy { ![.replace, .delete].contains($0.action) }, "\(plan.cloudWork)")
            #expect(plan.effect <= .inPlace)
            let module = try #require(plan.changes.first { $0.resource.kind == "TerraformModule" })
            #expect(module.reason == "Terraform takes over what revision 1 has made through REST")
            let created = plan.changes.filter { $0.action == .create && $0.resource.kind != "TerraformModule" }
            // Parts of others, which are set as they are.
            let parts = ["aws_iam_role_policy", "aws_iam_role_policy_attachment"]
            #expect(
                created.allSatisfy { $0.resource.kind.hasPrefix("aws_s3_bucket_") || parts.contains($0.resource.kind) },
                "\(plan.cloudWork)")

            #expect(try await All(server) == made)
            let back = await #expect(throws: Diagnostic.self) { try await service.deploy(Self.rest) }
            #expect(back?.code.name == "aws.other-engine" && back?.what.hasSuffix("was made by Terraform") == true)

            try await open(try #require(made.buckets.first), server)
            try await service.destroy(deleteData: true, with: service.provider(terraform: machine.engine()))
            #expect(try await All(server) == All())
        }
    }

    /// Everything of the account by its name.
    private struct All: Equatable {
        var groups: [String] = []
        var roles: [String] = []
        var buckets: [String] = []
        var logs: [String] = []
        var distributions: [String] = []

        init() {}

        init(_ server: AWSServer) async throws {
            groups = try await server.nodeGroups()
            roles = try await server.roles()
            buckets = try await server.buckets()
            logs = try await server.logGroups()
            distributions = try await server.distributions().compactMap { $0["Id"]?.string }
        }
    }

    /// moto takes `Deny` of a bucket's policy without its condition.
    private func open(_ bucket: String, _ server: AWSServer) async throws {
        _ = try await server.boto("s3", "delete_bucket_policy", ["Bucket": .string(bucket)])
    }

    private func refusesWhatWouldBeLeftBehind(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let other = Self.terraform.replacing("c7i.xlarge", with: "r7i.xlarge")
        let provider = try service.provider(terraform: machine.engine())
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await service.deployer(provider).plan(service.release(other), options: service.options())
        }
        #expect(problem?.code.name == "aws.other-engine")
        #expect(problem?.what.hasPrefix("NodeGroup/") == true && problem?.what.hasSuffix("left behind") == true)
        #expect(problem?.fix?.contains("with `--engine rest` first") == true)

        // What holds data stays with either engine: to deploy through REST first would not help.
        let bucket = try #require(try await service.server.buckets().first)
        try await open(bucket, service.server)
        _ = try await service.server.boto(
            "s3", "put_object", ["Bucket": .string(bucket), "Key": "data", "Body": "some"])
        let without = Self.terraform.replacing("cdn_enabled: true", with: "bucket: {enabled: false}")
        let kept = await #expect(throws: Diagnostic.self) {
            _ = try await service.deployer(provider).plan(service.release(without), options: service.options())
        }
        #expect(kept?.what == "Bucket/\(service.namespace)/demo (\(bucket)) would be left behind")
        #expect(kept?.fix?.hasPrefix("it holds data") == true)
    }
}
