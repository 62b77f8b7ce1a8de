import AWSProvider
import ControlPlane
import DeploymentEngine
import Documents
import HTTPTransport
import ServiceModel
import TestSupport
import Testing

/// Many services on one account.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudFleetTests {
    private static let count = 50
    private static let layer = "storage: {enabled: true, storage_class: null, cdn_enabled: true}\n"

    /// Six for a bucket, one each for the group, the association and the tags of logs and distribution; and one more
    /// for a distribution, which moto lists without what AWS lists it with.
    private static let callsPerService = 11
    /// Who asks, the cluster, and a list each of groups, associations, roles, log groups and distributions.
    private static let callsForAll = 7

    @Test func listsOnceWhatAllHave() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            var releases: [Release] = []
            for number in 1...Self.count { releases.append(try service.release(Self.layer, name: "demo-\(number)")) }
            try await deploy(releases, service)

            let line = Line()
            let previews = try await fleet(of: releases, service, line).previews()
            for preview in previews { #expect(try preview.get().plan.cloudWork == []) }
            let requests = line.requestsToAWS.count
            print("plan of \(Self.count) unchanged services: \(requests) requests to AWS")
            // Lists come in pages of at most 100, or 50.
            #expect(requests <= Self.count * Self.callsPerService + Self.callsForAll + 3 * Self.count / 50)
            #expect(line.writes == 0)
            try await sees(what: releases, service)
        }
    }

    private func deploy(_ releases: [Release], _ service: CloudService) async throws {
        try await fleet(of: releases, service, Line()).run { _ in
            { _ in }
        } ended: { _, result in
            #expect(throws: Never.self) { try result.get() }
        }
    }

    private func fleet(of releases: [Release], _ service: CloudService, _ line: Line) throws -> FleetDeployment {
        let deployer = service.deployer(try service.provider(line))
        var fleet = FleetDeployment(of: releases.count, deployer: deployer)
        for release in releases { fleet.add(.init(release, service.options())) }
        return fleet
    }

    /// What was listed for all is what each has: a change of any part of any one is seen.
    private func sees(what releases: [Release], _ service: CloudService) async throws {
        let server = service.server
        let role = try #require(try await server.roles().first { $0.contains("demo-7") && !$0.contains("node") })
        _ = try await server.boto(
            "iam", "delete_role_policy", ["RoleName": .string(role), "PolicyName": "synthdata"])
        let group = try #require(try await server.nodeGroups().first { $0.contains("demo-9") })
        _ = try await server.boto(
            "eks", "delete_nodegroup", ["clusterName": .string(AWSServer.cluster), "nodegroupName": .string(group)])
        _ = try await server.boto(
            "logs", "delete_log_group",
            ["logGroupName": .string("/synthdata/production/\(service.namespace)/demo-11")])
        let previews = try await fleet(of: releases, service, Line()).previews()
        let work = try zip(releases, previews).map { (release, preview) in
            (release.service.name.value, try preview.get().plan.cloudWork)
        }
        #expect(
            Dictionary(uniqueKeysWithValues: work.filter { !$0.1.isEmpty }) == [
                "demo-7": ["update IAMRole"], "demo-9": ["create NodeGroup"], "demo-11": ["create LogGroup"],
            ])
    }
}
