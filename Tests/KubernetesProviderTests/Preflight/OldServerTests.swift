import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Testing

@testable import KubernetesProvider

/// Servers of other ages than the one of the tests.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct OldServerTests {
    private static let answer = #"{"major": "1", "minor": "17+", "gitVersion": "v1.17.9-gke.1"}"#

    @Test func nothingIsDeployedToOneThatIsTooOld() async throws {
        try await TestNamespace.with { namespace in
            let (provider, traffic) = namespace.provider(by: { client in
                Detour(base: client) { $0 == "/version" ? .status(200, Self.answer) : nil }
            })
            let release = try Layers("").release(namespace) { $0.stopPods() }
            for work in [
                { try await namespace.deploy(release, with: provider) },
                { _ = try await namespace.deployer(provider).plan(release, options: .init()) },
            ] as [() async throws -> Void] {
                let problems = try await namespace.problems(work)
                #expect(problems.map(\.code.name) == ["kubernetes.too-old"])
                #expect(problems.first?.what == "the server runs Kubernetes v1.17.9-gke.1, which is too old")
            }
            #expect(traffic.sent.map(\.path) == ["/version"])
        }
    }
}

/// In which version an object is sent to a server that serves several.
@Suite struct ChosenVersionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let served: [String]
        /// Nil where the server lacks it.
        let sent: String?

        var testDescription: String { "\(served) → \(sent ?? "none")" }
    }

    private static func chosen(_ kind: String, _ wanted: String, among served: [String]) throws -> String? {
        let types = served.map { version in
            let parts = version.split(separator: "/").map(String.init)
            return ResourceType(group: parts[0], version: parts[1], kind: kind, plural: "things", isNamespaced: true)
        }
        let manifest: Node = [
            "apiVersion": .string(wanted), "kind": .string(kind), "metadata": ["name": "demo", "namespace": "data"],
        ]
        let resource = try #require(Resource(manifest: manifest))
        let object = try? ServerVersions(types: ServedTypes(types)).objects(for: [resource]).first
        if let object { #expect(object.manifest["apiVersion"]?.string == object.type.apiVersion) }
        return object?.type.apiVersion
    }

    @Test(arguments: [
        Case(served: ["autoscaling/v1", "autoscaling/v2beta2", "autoscaling/v2"], sent: "autoscaling/v2"),
        Case(served: ["autoscaling/v2", "autoscaling/v2beta2"], sent: "autoscaling/v2"),
        Case(served: ["autoscaling/v1", "autoscaling/v2beta2"], sent: "autoscaling/v2beta2"),
        // It has other fields.
        Case(served: ["autoscaling/v1"], sent: nil), Case(served: [], sent: nil),
    ])
    func anAutoscaler(given: Case) throws {
        #expect(try Self.chosen("HorizontalPodAutoscaler", "autoscaling/v2", among: given.served) == given.sent)
    }

    @Test(arguments: [
        Case(served: ["policy/v1beta1", "policy/v1"], sent: "policy/v1"),
        Case(served: ["policy/v1beta1"], sent: "policy/v1beta1"),
    ])
    func aDisruptionBudget(given: Case) throws {
        #expect(try Self.chosen("PodDisruptionBudget", "policy/v1", among: given.served) == given.sent)
    }
}
