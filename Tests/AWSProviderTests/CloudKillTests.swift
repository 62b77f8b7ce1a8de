import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing

/// A deployment to AWS that ends before any of its writes, and is run again.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudKillTests {
    enum Scenario: String, Sendable, CaseIterable {
        case create
        case replace
        case destroy
    }

    private static let layer = "storage: {enabled: true, storage_class: null, cdn_enabled: true}\n"
    private static let other = layer + "scheduling: {node_pool: {instance_types: [r7i.xlarge]}}\n"

    private func prepare(_ scenario: Scenario, _ service: CloudService) async throws {
        if scenario != .create { try await service.deploy(Self.layer) }
    }

    private func run(_ scenario: Scenario, _ service: CloudService, _ line: Line = Line()) async throws {
        let provider = try service.provider(line)
        switch scenario {
        case .create: try await service.deploy(Self.layer, with: provider)
        case .replace: try await service.deploy(Self.other, with: provider)
        case .destroy: try await service.destroy(deleteData: true, with: provider)
        }
    }

    /// What is there, without what is another each time.
    private func snapshot(_ server: AWSServer) async throws -> [String] {
        var lines: [String] = []
        for name in try await server.nodeGroups() {
            let group = try await server.nodeGroup(name)
            lines.append("\(group["instanceTypes"] ?? .null) \(group["scalingConfig"] ?? .null)")
        }
        for role in try await server.roles() {
            let attached = try await server.boto("iam", "list_attached_role_policies", ["RoleName": .string(role)])
            let inline = try await server.boto("iam", "list_role_policies", ["RoleName": .string(role)])
            lines.append("role \(attached["AttachedPolicies"]?.sequence?.count ?? 0) \(inline["PolicyNames"] ?? .null)")
        }
        for bucket in try await server.buckets() {
            let arguments: Node = ["Bucket": .string(bucket)]
            let policy = try await server.boto("s3", "get_bucket_policy", arguments)["Policy"]?.string ?? ""
            let tags = try await server.boto("s3", "get_bucket_tagging", arguments)["TagSet"]?.sequence ?? []
            let lifecycle = try await server.boto("s3", "get_bucket_lifecycle_configuration", arguments)
            lines.append("bucket \(policy.count > 100) \(tags.count) \(lifecycle["Rules"]?.sequence?.count ?? 0)")
        }
        lines.append("distributions \(try await server.distributions().count)")
        lines.append("log groups \(try await server.logGroups().count)")
        return lines.sorted()
    }

    @Test(arguments: Scenario.allCases)
    func whatWasCutOffAnywhereIsCompletedByTheNextRun(of scenario: Scenario) async throws {
        let server = try await AWSServer()
        var expected: [String] = []
        var writes = 0
        try await CloudService.with(server: server) { service in
            try await prepare(scenario, service)
            let line = Line()
            try await run(scenario, service, line)
            writes = line.writes
            expected = try await snapshot(server)
            if scenario != .destroy { try await service.destroy(deleteData: true) }
        }
        #expect(writes > 5)
        for write in Self.points(of: writes) {
            try await CloudService.with(server: server) { service in
                try await prepare(scenario, service)
                try? await run(scenario, service, Line(cutBefore: write))
                try await service.forgetLock()
                do {
                    try await run(scenario, service)
                } catch let problem as Diagnostic where scenario == .destroy && problem.code == .unknownService {
                    // There was nothing left to do but to free the lock.
                }
                #expect(try await snapshot(server) == expected, "\(scenario) before write \(write)")
                if scenario != .destroy { try await service.destroy(deleteData: true) }
                #expect(try await snapshot(server) == ["distributions 0", "log groups 0"])
            }
        }
    }

    /// As many as `KILL_POINTS` says, spread over all writes; else five. With `all`, every one.
    private static func points(of writes: Int) -> [Int] {
        let wanted = ProcessInfo.processInfo.environment["KILL_POINTS"]
        let count = wanted == "all" ? writes : min(writes, wanted.flatMap { Int($0) } ?? 5)
        return (0..<count).map { 1 + $0 * (writes - 1) / max(count - 1, 1) }
    }
}
