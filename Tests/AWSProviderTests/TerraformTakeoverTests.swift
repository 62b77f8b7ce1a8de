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
        deployment: {replicas: 1}
        resources: {cpu: "1", memory: 1Gi}
        scheduling: {node_pool: {instance_types: [c7i.large], min_nodes: 1, max_nodes: 3}}

        """
    private static let terraform = rest + "providers: {aws: {engine: terraform}}\n"

    @Test func whatIsMadeThroughRESTIsTakenOverAndGoesOn() async throws {
        let server = try await AWSServer()
        let machine = try TerraformFolders(server)
        try await CloudService.with(server: server) { service in
            try await service.haveNode(for: service.release(Self.rest))
            try await service.deploy(Self.rest)
            let made = try await All(server)
            try await refusesWhatWouldBeLeftBehind(service, machine)

            let provider = try service.provider(terraform: machine.engine())
            let plan = try await service.deployer(provider).plan(
                service.release(Self.terraform), options: service.options())
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

            try await service.deploy(Self.terraform, with: provider)
            #expect(try await All(server) == made)
            let back = await #expect(throws: Diagnostic.self) { try await service.deploy(Self.rest) }
            #expect(back?.code.name == "aws.other-engine" && back?.what.hasSuffix("was made by Terraform") == true)

            try await hasNodesForItsReplicas(service, machine)
            try await getsOtherMachines(service, machine)
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

        init() {}

        init(_ server: AWSServer) async throws {
            groups = try await server.nodeGroups()
            roles = try await server.roles()
            buckets = try await server.buckets()
            logs = try await server.logGroups()
        }
    }

    private func refusesWhatWouldBeLeftBehind(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let other = Self.terraform.replacing("c7i.large", with: "r7i.large")
        let provider = try service.provider(terraform: machine.engine())
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await service.deployer(provider).plan(service.release(other), options: service.options())
        }
        #expect(problem?.code.name == "aws.other-engine")
        #expect(problem?.what.hasPrefix("NodeGroup/") == true && problem?.what.hasSuffix("left behind") == true)
    }

    private func hasNodesForItsReplicas(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let group = try #require(try await service.server.nodeGroups().first)
        let provider = try service.provider(terraform: machine.engine())
        let plan = try await service.deployer(provider).plan(
            service.release(Self.terraform.replacing("replicas: 1", with: "replicas: 2")), options: service.options())
        let change = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.action == .update && change.effect == .inPlace)
        #expect(change.fields.map { "\($0.path)" } == ["scaling_config[0].desired_size"])
        #expect(change.fields.first?.old == 1 && change.fields.first?.new == 2)

        try await service.scale(to: 3, with: provider)
        #expect(try await service.server.nodeGroup(group).value("scalingConfig", "desiredSize") == 3)
        let report = try await #require(throws: DiagnosticReport.self) {
            try await service.scale(to: 4, with: service.provider(terraform: machine.engine()))
        }
        #expect(report.diagnostics.map(\.what) == ["3 nodes have no room for 4 replicas"])
    }

    private func getsOtherMachines(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let server = service.server
        let before = try await server.nodeGroups()
        let layer = Self.terraform.replacing("c7i.large", with: "r7i.large")
        let provider = try service.provider(terraform: machine.engine())
        let quota = #"{"Quota": {"Value": 2.0}}"#
        try await server.fail([["operation": "GetServiceQuota", "count": 9, "status": 200, "body": .string(quota)]])
        let preview = try await service.deployer(provider).preview(service.release(layer), options: service.options())
        try await server.fail([])
        #expect(preview.obstacles.map(\.what) == ["the account may not run 3 nodes of r7i.large"])
        let change = try #require(preview.plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.action == .replace && change.effect == .rolling)
        #expect(change.reason == "another group takes its place, and the pods move to its nodes")

        try await service.deploy(layer, with: provider)
        let after = try await server.nodeGroups()
        #expect(after.count == 1 && after != before)
        #expect(try await server.nodeGroup(after[0])["instanceTypes"] == ["r7i.large"])
    }
}
