import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// What is kept of a deployment that failed in a cluster.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterEvidenceTests {
    private static let secret = ResourceType(
        group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
    /// The log of this image has the word `configuration`: as a secret it must not be seen.
    private static let layer = """
        deployment:
          image: registry.example.com/demo:crash
          env:
            - name: API_TOKEN
              value: swordfish
            - name: DATABASE
              secret: {name: database, key: word}
        """

    private func fail(_ namespace: TestNamespace) async throws -> Release {
        _ = try await namespace.api.create(
            Self.secret, namespace: namespace.name,
            [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "database"],
                "stringData": ["word": "configuration"],
            ])
        let release = try Layers(Self.layer).release(namespace)
        _ = try await namespace.problem(of: release)
        return release
    }

    @Test func hasObjectsPodsBothLogsAndEventsAndNoSecret() async throws {
        try await TestNamespace.with { namespace in
            let release = try await fail(namespace)
            let bundle = await EvidenceBundle.gather(
                release, plan: nil, problems: [], events: [], from: namespace.provider().provider)
            let files = Dictionary(bundle.files.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
            for part in ["objects/Deployment-demo.yaml", "cluster-events.txt", "status.yaml", "release.yaml"] {
                #expect(files[part]?.isEmpty == false, "\(part)")
            }
            #expect(files.keys.contains { $0.hasPrefix("replicasets/") })
            #expect(files.contains { $0.key.hasSuffix("/workload.log") && $0.value.contains("Traceback") })
            #expect(files.keys.contains { $0.hasSuffix("/workload.previous.log") })
            #expect(files["cluster-events.txt"]?.contains("Back-off restarting failed container") == true)
            for (path, text) in files {
                #expect(!text.contains("swordfish"), "\(path)")
                #expect(!text.contains("configuration loaded"), "\(path)")
                #expect(!text.contains("Y29uZmlndXJhdGlvbg=="), "\(path)")
                #expect(!text.contains("managedFields"), "\(path)")
            }
        }
    }

    @Test func readingChangesNothing() async throws {
        try await TestNamespace.with { namespace in
            let release = try await fail(namespace)
            let (provider, traffic) = namespace.provider()
            _ = await EvidenceBundle.gather(release, plan: nil, problems: [], events: [], from: provider)
            #expect(traffic.writes.isEmpty)
        }
    }

    @Test func whatCannotBeReadIsToldAndTheRestIsKept() async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers(Self.layer).release(namespace)
            let (provider, traffic) = namespace.provider()
            traffic.end()
            let problem = Diagnostic(.error, .doomed, "it is doomed")
            let bundle = await EvidenceBundle.gather(
                release, plan: nil, problems: [problem], events: ["{}"], from: provider)
            let files = Dictionary(bundle.files.map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
            #expect(files["verdict.txt"]?.contains("it is doomed") == true)
            #expect(files["release.yaml"]?.contains("swordfish") == false)
            let readme = try #require(files["README.txt"])
            let unread = readme.split(separator: "What could not be read:").last.map(String.init) ?? ""
            for part in ["objects/Deployment-demo.yaml: ", "pods: ", "cluster-events.txt: ", "status.yaml: "] {
                #expect(unread.contains("\n\(part)"), "\(readme)")
            }
        }
    }
}
