import SynthDataInfra
import Testing

/// What a program's values become, and what is said where they are wrong.
@Suite struct RenderTests {
    private let infrastructure = SyntheticDataInfrastructure(provider: .aws)

    @Test func overridesGoOverTheProfile() throws {
        let manifests = try infrastructure.render(
            dataType: .tabular, serviceName: "demo", configOverrides: ["resources": ["memory": "31Gi"]])
        #expect(manifests.contains("memory: 31Gi"))
        #expect(!manifests.contains("memory: 16Gi"))
    }

    @Test func theAliasesOfLayerFilesWork() throws {
        let manifests = try infrastructure.render(
            dataType: .image, serviceName: "demo",
            configOverrides: ["gpu": ["count": 3], "storage": ["size": "7Ti"]])
        #expect(manifests.contains("nvidia.com/gpu: \"3\""))
        #expect(manifests.contains("storage: 7Ti"))
    }

    @Test func namedArgumentsGoOverOverrides() throws {
        let manifests = try SyntheticDataInfrastructure(provider: .local).render(
            dataType: .tabular, serviceName: "demo", version: "1.10", replicas: 5,
            configOverrides: ["deployment": ["version": "1.9", "replicas": 4]])
        #expect(manifests.contains("version: \"1.10\""))
        #expect(manifests.contains("replicas: 5"))
    }

    @Test(
        arguments: [
            ("an unknown key", ["resources": ["memroy": "1Gi"]], "resources.memroy"),
            ("a wrong unit", ["resources": ["memory": "many"]], "resources.memory"),
            ("a wrong kind", ["deployment": ["replicas": ["a", "b"]]], "deployment.replicas"),
        ] as [(String, Node, String)])
    func problemsNameTheKeyInTheOverrides(name: String, overrides: Node, key: String) throws {
        let report = try #require(throws: DiagnosticReport.self) {
            try infrastructure.render(dataType: .tabular, serviceName: "demo", configOverrides: overrides)
        }
        #expect(report.diagnostics.count == 1)
        #expect(report.diagnostics.first?.location?.description == "overrides")
        #expect(report.description.contains(key))
    }

    @Test func aWrongNameIsToldAtItsArgument() throws {
        let report = try #require(throws: DiagnosticReport.self) {
            try infrastructure.render(dataType: .tabular, serviceName: "../etc")
        }
        #expect(report.description.hasPrefix("serviceName: error:"))
    }

    @Test func aCloudDeploymentEndsInOneClearMessage() async throws {
        let cloud = SyntheticDataInfrastructure(provider: .gcp)
        let problem = try await #require(throws: Diagnostic.self) {
            try await cloud.deployService(dataType: .tabular, serviceName: "demo")
        }
        #expect(problem.code.name == "provider.unavailable")
        #expect(problem.fix?.contains("render") == true)
    }

    @Test func aMissingToolIsToldWithWhereItIsNamed() async throws {
        let local = SyntheticDataInfrastructure(provider: .local, toolPath: "/nonexistent/synthdata-infra")
        let problem = try await #require(throws: Diagnostic.self) { try await local.status() }
        #expect(problem.code.name == "tool.not-found")
        #expect(problem.location?.description == "toolPath")
    }
}
