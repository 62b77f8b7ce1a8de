import FoundationEssentials
import Glibc
import SynthDataInfra
import TestSupport
import Testing

/// The whole life of a service on this machine, with the program that was built beside the tests.
@Suite struct LocalServiceTests {
    private static let name = "demo"

    /// Runs `body` with a home folder of its own, and destroys what it deployed, whatever came of it.
    private func withInfrastructure(_ body: (SyntheticDataInfrastructure) async throws -> Void) async throws {
        let home = "/tmp/library-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let root = CompositionRoot(
            environment: [
                "HOME": home, "PATH": "/usr/bin:/bin", ToolFile.variable: BuiltProgram.path("synthdata-infra"),
            ], toolPath: nil,
            warn: { Issue.record("\($0)") })
        let infrastructure = SyntheticDataInfrastructure(provider: .local, root: root)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(infrastructure))
        } catch {
            outcome = .failure(error)
        }
        _ = try? await infrastructure.destroy(serviceName: Self.name, deleteData: true)
        try? FileManager.default.removeItem(atPath: home)
        try outcome.get()
    }

    @Test func deploysScalesRollsBackAndDestroys() async throws {
        try await withInfrastructure { infrastructure in
            let first = try await infrastructure.deployService(
                dataType: .tabular, serviceName: Self.name, version: "1.0",
                configOverrides: ["resources": ["memory": "32Gi"]])
            #expect(first.changed)
            #expect(first.revision == 1)
            let endpoint = try #require(first.endpoint)
            #expect(endpoint.hasPrefix("http://127.0.0.1:"))
            #expect(first.monitoringURL == endpoint + "/metrics")

            let scaled = try await infrastructure.scale(serviceName: Self.name, to: 2)
            #expect(scaled.revision == 2)
            // A busy machine may leave the supervisor no time to answer at once.
            var status = try #require(try await infrastructure.status(Self.name).first)
            try await eventually {
                status = try #require(try await infrastructure.status(Self.name).first)
                return status.state == .healthy
            }
            #expect(status.readyReplicas == 2)

            // The number that was scaled to stays; the same values again change nothing.
            let again = try await infrastructure.deployService(
                dataType: .tabular, serviceName: Self.name, version: "1.0",
                configOverrides: ["resources": ["memory": "32Gi"]])
            #expect(!again.changed)

            // Naming replicas among the overrides is naming them.
            let named = try await infrastructure.deployService(
                dataType: .tabular, serviceName: Self.name, version: "1.0",
                configOverrides: ["resources": ["memory": "32Gi"], "deployment": ["replicas": 1]])
            #expect(named.changed)
            #expect(named.endpoint == endpoint)

            try await infrastructure.rollback(serviceName: Self.name)
            status = try #require(try await infrastructure.status().first)
            #expect(status.desiredReplicas == 2)

            let destroyed = try await infrastructure.destroy(serviceName: Self.name, deleteData: true)
            #expect(destroyed.endpoint == nil)
            #expect(try await infrastructure.status().isEmpty)
            let problem = try await #require(throws: Diagnostic.self) {
                try await infrastructure.status(Self.name)
            }
            #expect(problem.code.name == "service.unknown")
        }
    }
}
