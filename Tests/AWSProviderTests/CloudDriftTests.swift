import AWSProvider
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import TestSupport
import Testing

/// What others do to a service's resources at AWS.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudDriftTests {
    private static let layer = "storage: {enabled: true, storage_class: null}\n"

    /// `Bucket versioning: Suspended`, one line a field.
    private func drift(_ service: CloudService) async throws -> [String] {
        try await service.provider().drift(from: service.release(Self.layer)).filter(\.resource.isCloud)
            .flatMap { object in
                object.fields.isEmpty
                    ? ["\(object.resource.kind) \(object.kind)"]
                    : object.fields.map { "\(object.resource.kind) \($0.path): \($0.live?.string ?? "")" }
            }
    }

    @Test func tellsWhatIsNotAsItWasDeployed() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy(Self.layer)
            #expect(try await drift(service) == [])
            let bucket = try #require(try await server.buckets().first)
            _ = try await server.boto(
                "s3", "put_bucket_versioning",
                ["Bucket": .string(bucket), "VersioningConfiguration": ["Status": "Suspended"]])
            let name = try #require(try await server.logGroups().first)
            _ = try await server.boto("logs", "delete_log_group", ["logGroupName": .string(name)])
            #expect(try await drift(service) == ["LogGroup missing", "Bucket versioning: Suspended"])

            // Every value is as it was, and it does not serve.
            let group = try await server.nodeGroup(try #require(try await server.nodeGroups().first))
            var failed = group.mapping ?? Mapping()
            failed["status"] = "CREATE_FAILED"
            failed["health"] = ["issues": [["code": "InsufficientFreeAddresses", "message": "no addresses"]]]
            let body = JSONEmitter.emit(["nodegroup": .mapping(failed)])
            try await server.fail([
                ["operation": "DescribeNodegroup", "count": 9, "status": 200, "body": .string(body)]
            ])
            #expect(
                try await drift(service).last
                    == "NodeGroup status: it has failed: InsufficientFreeAddresses: no addresses")
        }
    }

    @Test func leavesWhatOthersHaveAddedToABucket() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy(Self.layer)
            let bucket = try #require(try await server.buckets().first)
            let tags =
                try await server.boto("s3", "get_bucket_tagging", ["Bucket": .string(bucket)])["TagSet"]?
                .sequence ?? []
            let own: [Node] = tags.filter { $0["Key"]?.string?.hasSuffix("environment") != true }
            _ = try await server.boto(
                "s3", "put_bucket_tagging",
                [
                    "Bucket": .string(bucket),
                    "Tagging": ["TagSet": .sequence(own + [["Key": "cost-center", "Value": "42"]])],
                ])
            let rule: Node = [
                "ID": "theirs", "Filter": ["Prefix": "tmp/"], "Status": "Enabled", "Expiration": ["Days": 3],
            ]
            _ = try await server.boto(
                "s3", "put_bucket_lifecycle_configuration",
                ["Bucket": .string(bucket), "LifecycleConfiguration": ["Rules": [rule]]])

            let shorter = "storage: {enabled: true, storage_class: null, bucket: {expire_noncurrent_after: 9d}}\n"
            try await service.deploy(shorter)
            let after =
                try await server.boto("s3", "get_bucket_tagging", ["Bucket": .string(bucket)])["TagSet"]?
                .sequence ?? []
            #expect(after.count == tags.count + 1)
            #expect(after.contains { $0["Key"] == "cost-center" })
            let rules =
                try await server.boto(
                    "s3", "get_bucket_lifecycle_configuration", ["Bucket": .string(bucket)])["Rules"]?.sequence ?? []
            #expect(rules.map { $0["ID"]?.string } == ["theirs", "synthdata-infra"])
            #expect(rules.first?.value("Expiration", "Days") == 3)
            #expect(rules.last?.value("NoncurrentVersionExpiration", "NoncurrentDays") == 9)
        }
    }

    /// Pods get their credentials when they are made.
    @Test func podsAreMadeAnewWithTheirIdentity() async throws {
        try await CloudService.with { service in
            let without = "storage: {bucket: {enabled: false}}\nsecurity: {cloud_identity: {enabled: false}}\n"
            try await service.deploy(without)
            let plan = try await service.preview("storage: {bucket: {enabled: false}}\n")
            #expect(plan.cloudWork == ["create IAMRole", "create PodIdentityAssociation"])
            let change = try #require(plan.changes.first { $0.resource.kind == "Deployment" })
            #expect(change.effect == .rolling)
            let paths = change.fields.map(\.path.description)
            #expect(paths.contains { $0.contains("cloud-identity") }, "\(paths)")
            try await service.destroy(deleteData: true)
        }
    }
}
