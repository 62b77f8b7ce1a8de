import ControlPlane
import Documents
import HTTPTransport
import KubernetesClient
import Testing

/// Requests to a real API server.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct KubernetesAPITests {
    private enum User: CaseIterable {
        case token
        case certificate
    }

    private func api(_ user: User = .token) async throws -> KubernetesAPI {
        let files = try await ControlPlane.shared().kubeconfigs
        return try await Cluster.api(user == .token ? files.admin : files.certificate)
    }

    @Test(arguments: User.allCases)
    private func speaksAsWhomTheKubeconfigSays(user: User) async throws {
        let version = try await api(user).document(at: "/version")
        #expect(version["gitVersion"]?.string == "v1.20.2")
    }

    @Test func appliesReadsListsAndDeletes() async throws {
        let api = try await api()
        let manifest: Node = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "default"],
            "data": ["key": "value"],
        ]
        let applied = try await api.apply(.configMap, manifest)
        #expect(try await api.get(.configMap, namespace: "default", name: "a")?["data"] == ["key": "value"])
        let listed = try await api.list(Selection(.configMap, namespace: "default", fields: "metadata.name=a")).items
        #expect(listed.map(\.objectName) == ["a"])
        #expect(listed[0].kindName == "ConfigMap")
        #expect(try await !api.delete(.configMap, namespace: "default", name: "a", uid: "another"))
        #expect(try await api.delete(.configMap, namespace: "default", name: "a", uid: applied.objectUID))
        #expect(try await api.get(.configMap, namespace: "default", name: "a") == nil)
    }
}

extension Node {
    fileprivate var kindName: String { self["kind"]?.string ?? "" }
}
