import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import TestSupport
import Testing

/// A service's life at AWS: what boto3 sees after each step.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudLifeTests {
    @Test func goesFromNothingToAServiceAndBack() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let layer = "storage: {enabled: true, storage_class: null, cdn_enabled: true}\n"
            let plan = try await service.preview(layer)
            #expect(
                plan.cloudWork == [
                    "create LogGroup", "create Bucket", "create IAMRole", "create PodIdentityAssociation",
                    "create NodeRole", "create NodeGroup", "create Distribution",
                ])
            // A dry run changes nothing.
            #expect(try await server.requests().filter(\.isMutating).map(\.operation) == [])
            try await service.deploy(layer)
            try await isThere(service)

            // Again: nothing.
            _ = try await server.requests()
            let again = try await service.deploy(layer)
            #expect(!again.changed)
            let requests = try await server.requests()
            #expect(requests.filter(\.isMutating).map(\.operation) == [])
            print("unchanged service: \(requests.count) requests to AWS")

            // More nodes: the group stays.
            let before = try await server.nodeGroups()
            try await service.deploy(layer + "scheduling: {node_pool: {max_nodes: 5, min_nodes: 1}}\n")
            #expect(try await server.nodeGroups() == before)
            let scaled = try await server.nodeGroup(before[0])["scalingConfig"]
            #expect(scaled == ["minSize": 1, "maxSize": 5, "desiredSize": 1])

            // Other machines: another group, then the first one goes.
            try await service.deploy(layer + "scheduling: {node_pool: {instance_types: [r7i.xlarge]}}\n")
            let after = try await server.nodeGroups()
            #expect(after.count == 1 && after != before)
            #expect(try await server.nodeGroup(after[0])["instanceTypes"] == ["r7i.xlarge"])

            try await holdsItsData(service, layer)
        }
    }

    private func isThere(_ service: CloudService) async throws {
        let server = service.server
        let groups = try await server.nodeGroups()
        #expect(groups.count == 1)
        let group = try await server.nodeGroup(groups[0])
        #expect(group["status"] == "ACTIVE")
        #expect(group.value("tags", "synthdata.io/service")?.string == "\(service.namespace)/demo")
        let roles = try await server.roles()
        #expect(roles.count == 2)
        let bucket = try #require(try await server.buckets().first)
        let arguments: Node = ["Bucket": .string(bucket)]
        let block = try await server.boto("s3", "get_public_access_block", arguments)
        #expect(block.value("PublicAccessBlockConfiguration", "BlockPublicPolicy") == true)
        #expect(try await server.boto("s3", "get_bucket_versioning", arguments)["Status"] == "Enabled")
        let policy = try await server.boto("s3", "get_bucket_policy", arguments)["Policy"]?.string ?? ""
        #expect(policy.contains("aws:SecureTransport"))
        #expect(policy.contains("\(bucket)/results/*"))
        let lifecycle = try await server.boto("s3", "get_bucket_lifecycle_configuration", arguments)
        #expect(
            lifecycle["Rules"]?.sequence?.first?.value("NoncurrentVersionExpiration", "NoncurrentDays") == 30)
        #expect(try await server.logGroups() == ["/synthdata/production/\(service.namespace)/demo"])
        #expect(try await server.distributions().count == 1)
        let role = try #require(roles.first { !$0.contains("node") })
        let inline = try await server.boto(
            "iam", "get_role_policy", ["RoleName": .string(role), "PolicyName": "synthdata"])
        let resources = (inline.value("PolicyDocument", "Statement")?.sequence ?? []).flatMap {
            $0["Resource"]?.sequence ?? []
        }
        #expect(resources == [.string("arn:aws:s3:::\(bucket)"), .string("arn:aws:s3:::\(bucket)/*")])
    }

    private func holdsItsData(_ service: CloudService, _ layer: String) async throws {
        let server = service.server
        let bucket = try #require(try await server.buckets().first)
        // moto takes `Deny` without its condition, and refuses what is not over TLS either way.
        _ = try await server.boto("s3", "delete_bucket_policy", ["Bucket": .string(bucket)])
        let key: Node = ["Bucket": .string(bucket), "Key": "model.bin"]
        for body in ["one", "two"] {
            var object = key
            object.merge(["Body": .string(body)])
            _ = try await server.boto("s3", "put_object", object)
        }
        let destroyed = try await service.destroy()
        #expect(destroyed.leftovers.contains { $0.contains(bucket) })
        #expect(destroyed.leftovers.contains { $0.hasPrefix("LogGroup/") })
        #expect(try await server.buckets() == [bucket])
        #expect(try await server.nodeGroups() == [])
        #expect(try await server.roles() == [])
        #expect(try await server.distributions().isEmpty)
        try await service.destroy(deleteData: true)
        #expect(try await server.buckets() == [])
        #expect(try await server.logGroups() == [])
    }

    @Test func whatGetsAnotherNameIsNotForgotten() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy()
            let before = try await server.buckets()
            let layer =
                "storage: {bucket: {name: other-\(service.namespace)}}\nscheduling: {node_pool: {name: other}}\n"
            #expect(
                try await service.preview(layer).cloudWork == [
                    "create Bucket", "update IAMRole", "create NodeGroup", "delete NodeGroup", "delete Bucket",
                ])
            try await service.deploy(layer)
            #expect(try await server.buckets() == ["other-\(service.namespace)"])
            #expect(try await server.buckets() != before)
            let groups = try await server.nodeGroups()
            #expect(groups.count == 1 && groups[0].hasPrefix("other-"))
        }
    }

    @Test func scalesNodesWithReplicasAndNoFurtherThanTheirLimit() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let layer = """
                deployment: {replicas: 1}
                resources: {cpu: "1", memory: 1Gi}
                scheduling: {node_pool: {instance_types: [c7i.large], min_nodes: 1, max_nodes: 3}}

                """
            try await service.haveNode(for: service.release(layer))
            try await service.deploy(layer)
            let group = try #require(try await server.nodeGroups().first)
            #expect(try await server.nodeGroup(group).value("scalingConfig", "desiredSize") == 1)
            try await service.scale(to: 3)
            #expect(try await server.nodeGroup(group).value("scalingConfig", "desiredSize") == 3)
            let report = try await #require(throws: DiagnosticReport.self) { try await service.scale(to: 4) }
            #expect(report.diagnostics.map(\.what) == ["3 nodes have no room for 4 replicas"])
            // Fewer need fewer; how many there are is the autoscaler's to say.
            try await service.scale(to: 2)
            #expect(try await server.nodeGroup(group).value("scalingConfig", "desiredSize") == 3)
        }
    }

    @Test func leavesAloneWhatIsNotItsOwn() async throws {
        try await CloudService.with { service in
            let name = "other-\(service.namespace)"
            _ = try await service.server.boto("s3", "create_bucket", ["Bucket": .string(name)])
            let problem = try await #require(throws: DiagnosticReport.self) {
                try await service.deploy("storage: {bucket: {name: \(name)}}\n")
            }
            let told = try #require(problem.diagnostics.first)
            #expect(told.what == "Bucket `\(name)` belongs to somebody else")
            #expect(told.location?.description.hasSuffix("service.yaml:1:26") == true, "\(told)")
            #expect(try await service.server.boto("s3", "list_buckets")["Buckets"]?.sequence?.isEmpty == false)
            _ = try await service.server.boto("s3", "delete_bucket", ["Bucket": .string(name)])
        }
    }
}
