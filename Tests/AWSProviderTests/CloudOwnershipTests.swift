import AWSProvider
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import TestSupport
import Testing

/// Whose something is, and who remembers it.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudOwnershipTests {
    /// A deployment that was cut off explains a bucket without tags only under the name that it was about to make.
    @Test func aFailedDeploymentTakesNobodysBucket() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            _ = try await server.boto("s3", "create_bucket", ["Bucket": "payroll"])
            try await server.fail([
                ["operation": "CreateRole", "count": 1, "status": 403, "code": "AccessDenied", "message": "no"]
            ])
            await #expect(throws: Diagnostic.self) { try await service.deploy() }
            let report = try await #require(throws: DiagnosticReport.self) {
                try await service.deploy("storage: {bucket: {name: payroll}}\n")
            }
            #expect(report.diagnostics.map(\.code.name) == ["aws.not-ours"])
            let tags = try? await server.boto("s3", "get_bucket_tagging", ["Bucket": "payroll"])
            #expect(tags == nil)
        }
    }

    /// Where another made it a moment ago: the second making is no error in us-east-1.
    @Test func oneBucketIsNotMadeByTwo() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let layer = "storage: {bucket: {name: shared-\(service.namespace)}}\n"
            let deployer = service.deployer(try service.provider())
            let (first, second) = (
                try service.release(layer, name: "one"), try service.release(layer, name: "two")
            )
            _ = try await deployer.deploy(first, options: service.options()) { _ in }
            try await server.fail([
                ["operation": "GET .*versioning.*", "count": 9, "status": 404, "code": "NoSuchBucket"]
            ])
            let problem = try await #require(throws: Diagnostic.self) {
                _ = try await deployer.deploy(second, options: service.options()) { _ in }
            }
            #expect(problem.code.name == "aws.not-ours")
            let tags = try await server.boto(
                "s3", "get_bucket_tagging", ["Bucket": .string("shared-\(service.namespace)")])
            #expect(JSONEmitter.emit(tags).contains("\(service.namespace)/one"))
        }
    }

    @Test func whatStaysForItsDataIsToldAndNotForgotten() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            try await service.deploy()
            let bucket = try #require(try await server.buckets().first)
            _ = try await server.boto("s3", "delete_bucket_policy", ["Bucket": .string(bucket)])
            _ = try await server.boto("s3", "put_object", ["Bucket": .string(bucket), "Key": "a", "Body": "b"])
            let without = "storage: {bucket: {enabled: false}}\n"
            let plan = try await service.preview(without)
            let stays = plan.changes.filter { $0.action == .unchanged && $0.reason != nil }
            #expect(stays.map(\.reason) == ["\(bucket) stays: it holds data"])
            let result = try await service.deploy(without)
            #expect(result.leftovers.map { $0.contains(bucket) } == [true])
            // Releases that know nothing of it by themselves.
            for seed in 1...2 { try await service.deploy(without + "workload: {seed: \(seed)}\n") }
            #expect(try await service.preview(without).changes.contains { $0.reason?.contains(bucket) == true })
            try await service.destroy(deleteData: true)
            #expect(try await server.buckets() == [])
        }
    }

    /// Pods that are made before it is known everywhere stay without it for life.
    @Test func aNewIdentityIsWaitedForByTheNextRunToo() async throws {
        try await CloudService.with { service in
            try await service.deploy()
            let young = try service.provider(propagation: .seconds(3600))
            let plan = try await young.plan(service.release(), deleteData: false)
            let change = try #require(plan.changes.first { $0.resource.kind == "PodIdentityAssociation" })
            #expect(change.action == .update && change.fields.isEmpty)
            #expect(change.reason == "it is new, and not known everywhere yet, which is waited for")
            try await service.destroy(deleteData: true)
        }
    }
}
