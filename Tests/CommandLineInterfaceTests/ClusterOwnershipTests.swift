import ControlPlane
import Documents
import KubernetesClient
import Testing

/// What the flags about fields of others do to commands that bring back what there was.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterOwnershipTests {
    private static let path = "spec.template.spec.containers[0].image"

    /// Two releases, and an image that somebody else has set since.
    private static func prepare(_ cluster: ClusterSandbox) async throws {
        #expect(try await cluster.deploy().code == 0)
        #expect(try await cluster.deploy("--image", "registry.example.com/demo:2").code == 0)
        _ = try await cluster.api.apply(
            .deployment,
            [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "demo", "namespace": .string(cluster.namespace)],
                "spec": [
                    "template": [
                        "spec": ["containers": [["name": "workload", "image": "registry.example.com/demo:theirs"]]]
                    ]
                ],
            ], .init(takesOwnership: true, manager: "incident-bot"))
    }

    @Test func aRollbackTakesWhatItsConflictNames() async throws {
        try await ClusterSandbox.with { cluster in
            try await Self.prepare(cluster)
            let refused = try await cluster.onDemo("rollback", "demo")
            #expect(refused.code == 1)
            #expect(refused.error.contains("[kubernetes.conflict]"), "\(refused.error)")
            #expect(refused.error.contains("--take-ownership \(Self.path)"))
            #expect(try await cluster.image() == "registry.example.com/demo:theirs")
            let taken = try await cluster.onDemo("rollback", "demo", "--take-ownership", Self.path)
            #expect(taken.code == 0, "\(taken.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:1")
        }
    }

    @Test func aRollbackLeavesWhatIsTheirs() async throws {
        try await ClusterSandbox.with { cluster in
            try await Self.prepare(cluster)
            let kept = try await cluster.onDemo("rollback", "demo", "--keep", "Deployment/demo:\(Self.path)")
            #expect(kept.code == 0, "\(kept.error)")
            #expect(try await cluster.image() == "registry.example.com/demo:theirs")
        }
    }

    @Test func aScalingTakesWhatItsConflictNames() async throws {
        try await ClusterSandbox.with { cluster in
            #expect(try await cluster.deploy().code == 0)
            _ = try await cluster.api.apply(
                .deployment,
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["name": "demo", "namespace": .string(cluster.namespace)], "spec": ["replicas": 2],
                ], .init(takesOwnership: true, manager: "incident-bot"))
            let scale = [
                "scale", "--service", "demo", "--replicas", "0", "--provider", "onprem", "--namespace",
                cluster.namespace,
            ]
            let refused = try await cluster.run(scale)
            #expect(refused.code == 1)
            #expect(refused.error.contains("--take-ownership spec.replicas"), "\(refused.error)")
            let taken = try await cluster.run(scale + ["--take-ownership", "spec.replicas"])
            #expect(taken.code == 0, "\(taken.error)")
            let live = try await cluster.api.get(.deployment, namespace: cluster.namespace, name: "demo")
            #expect(live?.value("spec", "replicas") == 0)
        }
    }
}
