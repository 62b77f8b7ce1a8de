import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import Foundation
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

            try await hasNodesForItsReplicas(service, machine)
            try await getsOtherMachines(service, machine)
            try await isMadeAnewWhereItHasFailed(service, machine)
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
        let plan = try await service.scaleShowing(to: 3, with: provider)
        let change = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.action == .update && change.effect == .inPlace)
        #expect(change.fields.map { "\($0.path)" } == ["scaling_config[0].desired_size"])
        #expect(change.fields.first?.old == 1 && change.fields.first?.new == 3)
        #expect(try await service.server.nodeGroup(group).value("scalingConfig", "desiredSize") == 3)
        let report = try await #require(throws: DiagnosticReport.self) {
            _ = try await service.scaleShowing(to: 4, with: service.provider(terraform: machine.engine()))
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

        // A run before this one was killed before it could write down what it had made.
        let name = try #require(change.fields.first { "\($0.path)" == "node_group_name" }?.new)
        let old = try await server.nodeGroup(before[0])
        var left: Node = ["clusterName": .string(AWSServer.cluster), "nodegroupName": name]
        for key in ["subnets", "nodeRole", "tags"] { left.merge([key: old[key] ?? .null]) }
        _ = try await server.boto("eks", "create_nodegroup", left)

        try await service.deploy(layer, with: provider)
        #expect(try await server.nodeGroups() == [name.string])
        #expect(try await server.nodeGroup(name.string ?? "")["instanceTypes"] == ["r7i.large"])
    }

    private func isMadeAnewWhereItHasFailed(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let file = "\(machine.workspace(of: service))/terraform.tfstate"
        var state = try String(contentsOfFile: file, encoding: .utf8)
        let group = try #require(state.firstRange(of: "\"type\": \"aws_eks_node_group\""))
        let instance = try #require(state[group.upperBound...].firstRange(of: "\"schema_version\""))
        state.replaceSubrange(instance, with: "\"status\": \"tainted\", \"schema_version\"")
        try state.write(toFile: file, atomically: true, encoding: .utf8)
        let before = try await service.server.nodeGroups()
        let arn = try await service.server.nodeGroup(before[0])["nodegroupArn"]
        let layer = Self.terraform.replacing("c7i.large", with: "r7i.large")
        let plan = try await service.deployShowing(
            layer, with: service.provider(terraform: machine.engine()), atMost: .replace)
        let change = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.reason == "an attempt at it has failed: it is made anew" && change.effect == .replace)
        #expect(try await service.server.nodeGroups() == before)
        #expect(try await service.server.nodeGroup(before[0])["nodegroupArn"] != arn)
    }
}
