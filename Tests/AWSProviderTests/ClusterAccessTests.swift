import AWSProvider
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import HTTPTransport
import ServiceModel
import TestSupport
import Testing

/// The cluster behind a tunnel, the other kind of identity, and nodes that do not come up.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterAccessTests {
    private func place(_ endpoint: String, _ name: String?) -> Node {
        var place: Node = [
            "region": .string(AWSServer.region), "cluster": .string(AWSServer.cluster),
            "cluster_endpoint": .string(endpoint),
        ]
        if let name { place.merge(["cluster_server_name": .string(name)]) }
        return place
    }

    private func statuses(_ service: CloudService, _ place: Node) async throws -> [ServiceStatus] {
        try await service.provider(place: place).observe(in: service.namespace, withEndpoints: false)
    }

    /// The server's certificate has the names that a server behind a tunnel would have: of the cluster, not of this end.
    @Test func anEndpointBehindATunnelHasTheNameOfItsCertificate() async throws {
        let plane = try await ControlPlane.shared()
        try await CloudService.with { service in
            let tunnel = plane.server.replacing("127.0.0.1", with: "127.0.0.2")
            let found = try await statuses(service, place(plane.server, "kubernetes.default"))
            #expect(found.isEmpty)
            await #expect(throws: (any Error).self) { try await statuses(service, place(plane.server, "elsewhere")) }
            await #expect(throws: (any Error).self) { try await statuses(service, place(tunnel, nil)) }
        }
    }

    @Test func podsAreKnownByTheClustersIssuerWhereThatIsAskedFor() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let layer = """
                providers:
                  aws: {region: \(AWSServer.region), cluster: \(AWSServer.cluster), identity: irsa,
                        account: "\(AWSServer.account)"}

                """
            let unknown = try await #require(throws: DiagnosticReport.self) { try await service.deploy(layer) }
            #expect(unknown.diagnostics.map(\.code.name) == ["aws.no-identity-provider"])
            #expect(unknown.diagnostics.first?.location?.description.contains("service.yaml:2:") == true)

            let cluster = try await server.boto("eks", "describe_cluster", ["name": .string(AWSServer.cluster)])
            let issuer = try #require(cluster["cluster"]?.value("identity", "oidc", "issuer")?.string)
            _ = try await server.boto(
                "iam", "create_open_id_connect_provider",
                ["Url": .string(issuer), "ThumbprintList": [.string(String(repeating: "a", count: 40))]])
            let plan = try await service.preview(layer)
            #expect(!plan.cloudWork.contains("create PodIdentityAssociation"))
            try await service.deploy(layer)
            let name = try #require(try await server.roles().first { !$0.contains("node") })
            let role = try await server.boto("iam", "get_role", ["RoleName": .string(name)])
            let trust: String = JSONEmitter.emit(role["Role"]?["AssumeRolePolicyDocument"] ?? .null)
            #expect(trust.contains("sts:AssumeRoleWithWebIdentity"))
            #expect(trust.contains("system:serviceaccount:\(service.namespace):demo"))
            let account = try service.release(layer).resources.first { $0.identity.kind == "ServiceAccount" }
            #expect(
                account?.manifest.value("metadata", "annotations", "eks.amazonaws.com/role-arn")?.string
                    == "arn:aws:iam::\(AWSServer.account):role/\(name)")
        }
    }

    @Test func nodesThatDoNotComeUpAreToldInPlainWords() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            let failed: Node = [
                "nodegroup": [
                    "status": "CREATE_FAILED",
                    "health": [
                        "issues": [["code": "InsufficientFreeAddresses", "message": "One or more subnets are full"]]
                    ],
                ]
            ]
            // Twice it is looked for, before it is made.
            try await server.fail([
                [
                    "operation": "DescribeNodegroup", "skip": 2, "count": 99, "status": 200,
                    "body": .string(JSONEmitter.emit(failed)),
                ]
            ])
            let problem = try await #require(throws: Diagnostic.self) { try await service.deploy() }
            #expect(problem.what == "the node group does not come up")
            #expect(problem.why?.contains("InsufficientFreeAddresses: One or more subnets are full") == true)
            #expect(problem.fix == "the subnets have no addresses left: name others")
        }
    }

    /// Nobody would find it again.
    @Test func nothingIsMadeWithoutAName() async throws {
        try await CloudService.with { service in
            var release = try service.release()
            for index in release.resources.indices where release.resources[index].identity.kind == "IAMRole" {
                release.resources[index].manifest.merge(["spec": ["roleName": .null]])
            }
            let report = try await #require(throws: DiagnosticReport.self) {
                try await service.provider().plan(release, deleteData: false)
            }
            #expect(report.diagnostics.map(\.code.name) == ["aws.nameless"])
        }
    }
}
