import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import Foundation
import ServiceModel
import TestSupport
import Testing

/// The nodes of a service where Terraform makes them: what boto3 sees after each step.
@Suite(
    .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"),
    .enabled(if: Terraform.isWanted, "\(Terraform.reason)"))
struct TerraformNodeTests {
    private static let layer = """
        providers: {aws: {engine: terraform}}
        storage: {bucket: {enabled: false}}
        deployment: {replicas: 1}
        resources: {cpu: "1", memory: 1Gi}
        scheduling: {node_pool: {instance_types: [c7i.large], min_nodes: 1, max_nodes: 3}}

        """

    @Test func areThoseThatItsReplicasNeedAndOthersTakeTheirPlace() async throws {
        let server = try await AWSServer()
        let machine = try TerraformFolders(server)
        try await CloudService.with(server: server) { service in
            let rest = Self.layer.replacing("engine: terraform", with: "engine: rest")
            try await service.haveNode(for: service.release(rest))
            try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine()))
            try await hasNodesForItsReplicas(service, machine)
            try await getsOtherMachines(service, machine)
            try await isMadeAnewWhereItHasFailed(service, machine)
        }
    }

    private func hasNodesForItsReplicas(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let group = try #require(try await service.server.nodeGroups().first)
        let provider = try service.provider(terraform: machine.engine())
        // Zones, quotas and room are looked at as without Terraform.
        let quota = #"{"Quota": {"Value": 2.0}}"#
        try await service.server.fail([
            ["operation": "GetServiceQuota", "count": 9, "status": 200, "body": .string(quota)]
        ])
        let report = try await #require(throws: DiagnosticReport.self) {
            _ = try await service.scaleShowing(to: 4, with: provider)
        }
        try await service.server.fail([])
        #expect(
            report.diagnostics.map(\.what) == [
                "the account may not run 3 nodes of c7i.large", "3 nodes have no room for 4 replicas",
            ])

        let plan = try await service.scaleShowing(to: 3, with: provider)
        let change = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.action == .update && change.effect == .inPlace)
        #expect(change.fields.map { "\($0.path)" } == ["scaling_config[0].desired_size"])
        #expect(change.fields.first?.old == 1 && change.fields.first?.new == 3)
        #expect(try await service.server.nodeGroup(group).value("scalingConfig", "desiredSize") == 3)
    }

    private func getsOtherMachines(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let server = service.server
        let before = try await server.nodeGroups()
        let layer = Self.layer.replacing("c7i.large", with: "r7i.large")
        let provider = try service.provider(terraform: machine.engine())
        let preview = try await service.deployer(provider).preview(service.release(layer), options: service.options())
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
        let layer = Self.layer.replacing("c7i.large", with: "r7i.large")
        let plan = try await service.deployShowing(
            layer, with: service.provider(terraform: machine.engine()), atMost: .replace)
        let change = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(change.reason == "an attempt at it has failed: it is made anew" && change.effect == .replace)
        #expect(try await service.server.nodeGroups() == before)
        #expect(try await service.server.nodeGroup(before[0])["nodegroupArn"] != arn)
    }
}
