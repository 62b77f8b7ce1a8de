import ControlPlane
import DeploymentEngine
import Documents
import ServiceModel
import TestSupport
import Testing

/// Going back where nothing of the cluster has changed.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudRollbackTests {
    @Test func aReleaseThatChangedTheCloudAloneIsTakenBack() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            func retention() async throws -> Int? {
                let groups = try await server.boto("logs", "describe_log_groups")["logGroups"]
                return groups?.sequence?.first?["retentionInDays"]?.integer
            }
            try await service.deploy()
            try await service.deploy("monitoring: {log_retention: 90d}\n")
            #expect(try await retention() == 90)
            let provider = try service.provider()
            let result = try await service.deployer(provider).rollback(
                service.identity, to: nil, options: service.options()
            ) { _ in }
            #expect(result.revision == 3)
            #expect(try await retention() == 30)
        }
    }
}
