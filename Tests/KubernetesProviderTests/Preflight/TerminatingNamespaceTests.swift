import ControlPlane
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// A namespace that somebody has deleted, and that cannot go.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct TerminatingNamespaceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var stands = false
        /// Whether the namespace is one of the objects of the release.
        var hasNamespace = true

        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "a new service"), Case(name: "a service that stands", stands: true),
        Case(name: "without an object for the namespace", hasNamespace: false),
    ])
    func isToldOnce(given: Case) async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace) { resources in
                resources.stopPods()
                if !given.hasNamespace { resources.removeAll { $0.identity.kind == "Namespace" } }
            }
            if given.stands { try await namespace.deploy(release) }
            try await namespace.blocked {
                let (problems, writes) = try await namespace.refusal(of: release)
                #expect(writes.isEmpty, "\(writes)")
                #expect(problems.count == 1, "\(problems)")
                let problem = try #require(problems.first)
                #expect(problem.code.name == "kubernetes.namespace-terminating")
                #expect(problem.fix?.contains("deploy again once it is gone") == true)
                if given.hasNamespace {
                    #expect(problem.what == "the namespace `\(namespace.name)` is being deleted")
                    #expect(problem.why?.contains("example.com/audit") == true, "\(problem)")
                } else {
                    #expect(problem.why?.contains("because it is being terminated") == true, "\(problem)")
                }
            }
        }
    }

    @Test func whoTakesTheLockIsToldTheSame() async throws {
        try await TestNamespace.with { namespace in
            let (provider, _) = namespace.provider()
            let service = try namespace.service()
            try await namespace.blocked {
                let problems = try await namespace.problems {
                    _ = try await provider.lock(service, holder: "me", wait: TimeSpan(seconds: 0)) { _ in }
                }
                #expect(problems.map(\.code.name) == ["kubernetes.namespace-terminating"], "\(problems)")
            }
        }
    }
}

extension TestNamespace {
    /// Deletes the namespace, which stays while `body` runs.
    fileprivate func blocked(_ body: () async throws -> Void) async throws {
        _ = try await api.create(
            .configMap, namespace: name,
            [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": "audited", "finalizers": ["example.com/audit"]],
            ])
        _ = try await api.delete(.namespace, namespace: nil, name: name, uid: nil)
        let outcome: Result<Void, any Error>
        do {
            try await eventually {
                let conditions = try await api.get(.namespace, namespace: nil, name: name)?.value(
                    "status", "conditions")
                return conditions?.sequence?.contains {
                    $0["type"]?.string == "NamespaceFinalizersRemaining" && $0["status"]?.string == "True"
                } == true
            }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try await api.merge(
            .configMap, namespace: name, name: "audited", ["metadata": ["finalizers": .sequence([])]])
        try outcome.get()
    }
}
