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
    /// The log of this image has the word `configuration`: as a secret it must not be seen.
    private static let layer = """
        deployment:
          replicas: 2
          image: registry.example.com/demo:crash
          env:
            - name: API_TOKEN
              value: swordfish
            - name: DATABASE
              secret: {name: database, key: word}
        """

    private func fail(_ namespace: TestNamespace) async throws -> Release {
        _ = try await namespace.api.create(
            .secret, namespace: namespace.name,
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
            #expect(files.contains { $0.key.hasSuffix(".log") && $0.value.contains("<redacted ") })
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
            #expect(!traffic.sent.isEmpty)
            #expect(traffic.writes.isEmpty)
        }
    }

    /// Of a large service a few pods are read, and each Secret once for all of them.
    @Test func readsNoMoreThanItNeeds() async throws {
        try await TestNamespace.with { namespace in
            let release = try await fail(namespace)
            var limits = TestNamespace.limits
            limits.evidence.pods = 1
            let (provider, traffic) = namespace.provider(limits)
            let bundle = await EvidenceBundle.gather(release, plan: nil, problems: [], events: [], from: provider)
            #expect(traffic.sent.count { $0.path.hasSuffix("/secrets/database") } == 1)
            let pods = bundle.files.filter { $0.path.hasPrefix("pods/") && $0.path.hasSuffix(".yaml") }
            #expect(pods.count == 1)
            let leftOut = try #require(bundle.files.first { $0.path == "pods/left-out.txt" }?.text)
            #expect(leftOut.hasPrefix("demo-") && leftOut.hasSuffix("  not ready\n"), "\(leftOut)")
        }
    }

    @Test func aLogThatDoesNotComeKeepsNoRollbackWaiting() async throws {
        try await TestNamespace.with { namespace in
            let release = try await fail(namespace)
            var limits = TestNamespace.limits
            limits.evidence.time = .seconds(20)
            let (provider, _) = namespace.provider(limits) { request in
                if request.path.hasSuffix("/log") { try? await Task.sleep(for: .seconds(600)) }
            }
            let bundle = await EvidenceBundle.gather(release, plan: nil, problems: [], events: [], from: provider)
            let readme = try #require(bundle.files.first).text
            #expect(readme.contains("/workload.log: it did not come in time\n"), "\(readme)")
            #expect(bundle.files.contains { $0.path == "objects/Deployment-demo.yaml" })
            #expect(bundle.files.contains { $0.path == "cluster-events.txt" })
        }
    }

    /// The end of a log goes to pipelines' reports, too.
    @Test func aVerdictQuotesNoSecret() async throws {
        try await TestNamespace.with { namespace in
            let layer = Self.layer.replacing("swordfish", with: "KeyError")
                .split(separator: "\n").dropLast(2).joined(separator: "\n")
            let problem = try await namespace.problem(of: Layers(layer + "\n").release(namespace))
            let notes = problem.notes.map(\.message).joined()
            #expect(notes.contains("Traceback"), "\(problem)")
            #expect(notes.contains("<redacted ") && !notes.contains("KeyError"), "\(notes)")
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
