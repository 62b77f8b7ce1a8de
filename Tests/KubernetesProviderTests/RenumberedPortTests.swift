import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Testing

@testable import KubernetesProvider

/// A port of the Service that somebody has given another number.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct RenumberedPortTests {
    private static let mine: Node = ["name": "debug", "port": 6060, "protocol": "TCP", "targetPort": 6060]

    private static func release(_ namespace: TestNamespace, port: Int = 8080) throws -> Release {
        try Layers("networking: {port: \(port)}\n").release(namespace) { $0.stopPods() }
    }

    private static func renumber(_ namespace: TestNamespace, _ more: [Node] = []) async throws {
        let port: Node = ["name": "http", "port": 9090, "protocol": "TCP", "targetPort": "http", "appProtocol": "http"]
        try await namespace.edit(TestNamespace.service, "demo", ["spec": ["ports": .sequence([port] + more)]])
    }

    private static func ports(_ namespace: TestNamespace) async throws -> [Int] {
        let live = try await namespace.live(TestNamespace.service, "demo")
        return (live?.value("spec", "ports")?.sequence ?? []).compactMap { $0["port"]?.integer }
    }

    private static func taking(_ namespace: TestNamespace) throws -> KubernetesProvider {
        let choice = try FieldOwnership.Choice("spec.ports", flag: "--take-ownership")
        return namespace.provider(ownership: FieldOwnership(taken: [choice])).provider
    }

    @Test func itIsAConflictLikeOthers() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            try await Self.renumber(namespace)
            let report = try await #require(throws: DiagnosticReport.self) {
                try await namespace.deploy(Self.release(namespace))
            }
            let problem = try #require(report.diagnostics.first)
            #expect(report.diagnostics.count == 1)
            #expect(problem.code.name == "kubernetes.conflict")
            #expect(problem.what.hasSuffix("`kubectl-edit` has set spec.ports"), "\(problem)")
            #expect(problem.fix?.contains("--take-ownership spec.ports ") == true)
            #expect(try await Self.ports(namespace) == [9090])
        }
    }

    @Test func whoTakesItHasItBack() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            try await Self.renumber(namespace)
            let deployer = namespace.deployer(try Self.taking(namespace))
            let plan = try await deployer.plan(Self.release(namespace), options: .init())
            let change = try #require(plan.changes.first { $0.resource.kind == "Service" })
            #expect(change.action == .update)
            let port = try #require(change.fields.first { $0.path.description == "spec.ports[0].port" })
            #expect(port.old == 9090 && port.new == 8080)
            // A look changes nothing.
            #expect(try await Self.ports(namespace) == [9090])
            try await namespace.deploy(Self.release(namespace), with: Self.taking(namespace))
            #expect(try await Self.ports(namespace) == [8080])
            #expect(try await namespace.drift() == [])
            #expect(try await !namespace.deploy(Self.release(namespace)).changed)
            // Who took it back has left no second claim, which would stand in the way of the next change.
            let live = try await namespace.live(TestNamespace.service, "demo")
            let claims = (live?.value("metadata", "managedFields")?.sequence ?? []).filter {
                $0.value("fieldsV1", "f:spec", "f:ports") != nil
            }
            let names = claims.map { "\($0["manager"]?.string ?? "") \($0["operation"]?.string ?? "")" }
            #expect(names == ["\(KubernetesAPI.fieldManager) Apply"])
            try await namespace.deploy(Self.release(namespace, port: 8081))
            #expect(try await Self.ports(namespace) == [8081])
        }
    }

    @Test func portsOfOthersStay() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            try await Self.renumber(namespace, [Self.mine])
            try await namespace.deploy(Self.release(namespace), with: Self.taking(namespace))
            #expect(try await Self.ports(namespace) == [8080, 6060])
        }
    }

    @Test func revertingTakesItBackToo() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            try await Self.renumber(namespace)
            let drift = try #require(try await namespace.deployer().drift(of: namespace.service()))
            #expect(drift.objects.flatMap(\.fields).map(\.path.description) == ["spec.ports[0].port"])
            _ = try await namespace.revert(drift)
            #expect(try await Self.ports(namespace) == [8080])
            #expect(try await namespace.drift() == [])
        }
    }
}
