import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import Foundation
import ServiceModel
import TestSupport
import Testing

/// A service's life at AWS where Terraform makes what is around the cluster: what boto3 sees after each step.
@Suite(
    .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"),
    .enabled(if: Terraform.isWanted, "\(Terraform.reason)"), .serialized)
struct TerraformLifeTests {
    static let layer = """
        providers: {aws: {engine: terraform}}
        storage: {enabled: true, storage_class: null}
        resources: {gpu: {type: nvidia-t4, count: 1}}

        """

    @Test func goesFromNothingToAServiceAndBack() async throws {
        let server = try await AWSServer()
        let machine = try TerraformFolders(server)
        try await CloudService.with(server: server) { service in
            let engine = machine.engine()
            let provider = try service.provider(terraform: engine)
            let events = EventLog()
            var options = service.options()
            options.confirm = { plan in
                #expect(plan.cloudWork.contains("create aws_eks_node_group"))
                #expect(plan.cloudWork.allSatisfy { $0.hasPrefix("create aws_") })
                let written = try await server.requests().filter(\.isMutating).map(\.operation)
                #expect(written == [])
                events.report(.warning("confirmed"))
            }
            _ = try await service.deployer(provider).deploy(
                service.release(Self.layer), options: options, report: events.report)
            #expect(events.lines.contains("warning confirmed"))
            #expect(events.lines.contains("applied create aws_s3_bucket/\(service.namespace)/data"), "\(events.lines)")
            #expect(events.lines.contains { $0.contains("bucket_url s3://synthdata-demo-") })
            try await isThere(service)

            _ = try await server.requests()
            let again = try await service.deploy(Self.layer, with: service.provider(terraform: machine.engine()))
            #expect(!again.changed)
            #expect(try await server.requests().filter(\.isMutating).map(\.operation) == [])

            try await changes(service, machine)
            try await goes(service, machine)
        }
    }

    private func isThere(_ service: CloudService) async throws {
        let server = service.server
        let groups = try await server.nodeGroups()
        let group = try await server.nodeGroup(try #require(groups.first))
        #expect(groups.count == 1 && group["status"] == "ACTIVE")
        #expect(group.value("labels", "synthdata.io/node-pool")?.string == String(groups[0].dropLast(7)))
        #expect(group["taints"] == [["key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"]])
        let roles = try await server.roles()
        #expect(roles.count == 2)
        let role = try #require(roles.first { !$0.contains("node") })
        let name = try #require(try await server.buckets().first)
        let bucket: Node = ["Bucket": .string(name)]
        #expect(try await server.boto("s3", "get_bucket_versioning", bucket)["Status"] == "Enabled")
        let blocked = try await server.boto("s3", "get_public_access_block", bucket)
        #expect(blocked.value("PublicAccessBlockConfiguration", "RestrictPublicBuckets") == true)
        let policy = try await server.boto(
            "iam", "get_role_policy", ["RoleName": .string(role), "PolicyName": "synthdata"])
        #expect(JSONEmitter.emit(policy).contains("arn:aws:s3:::\(name)/*"))
        let associations = try await server.boto(
            "eks", "list_pod_identity_associations", ["clusterName": .string(AWSServer.cluster)])
        #expect(associations["associations"]?.sequence?.map { $0["serviceAccount"] } == ["demo"])
        #expect(try await server.logGroups().count == 1)
    }

    /// Each field that changes has the line behind it.
    private func changes(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let layer = Self.layer + "scheduling: {node_pool: {max_nodes: 5}}\nmonitoring: {log_retention: 90d}\n"
        let provider = try service.provider(terraform: machine.engine())
        let plan = try await service.deployShowing(layer, with: provider)
        let group = try #require(plan.changes.first { $0.resource.kind == "aws_eks_node_group" })
        #expect(group.action == .update && group.effect == .inPlace)
        let field = try #require(group.fields.first { "\($0.path)" == "scaling_config[0].max_size" })
        #expect(field.new == 5)
        #expect(field.new?.location.description.hasSuffix("service.yaml:4:37") == true, "\(field)")
        let name = try #require(try await service.server.nodeGroups().first)
        #expect(try await service.server.nodeGroup(name).value("scalingConfig", "maxSize") == 5)
        let logs = try await service.server.boto("logs", "describe_log_groups")["logGroups"]?.sequence
        #expect(logs?.first?["retentionInDays"] == 90)
    }

    private func goes(_ service: CloudService, _ machine: TerraformFolders) async throws {
        let server = service.server
        let bucket = try #require(try await server.buckets().first)
        // moto takes `Deny` without its condition, and refuses what is not over TLS either way.
        _ = try await server.boto("s3", "delete_bucket_policy", ["Bucket": .string(bucket)])
        _ = try await server.boto(
            "s3", "put_object", ["Bucket": .string(bucket), "Key": "model.bin", "Body": "one"])
        let kept = try await service.destroy(with: service.provider(terraform: machine.engine()))
        #expect(kept.leftovers.contains { $0.contains(bucket) })
        #expect(kept.leftovers.contains { $0.hasPrefix("aws_cloudwatch_log_group.service") })
        #expect(try await server.buckets() == [bucket])
        #expect(try await server.nodeGroups() == [])
        #expect(try await server.roles() == [])
        try await service.destroy(deleteData: true, with: service.provider(terraform: machine.engine()))
        #expect(try await server.buckets() == [])
        #expect(try await server.logGroups() == [])
    }
}
