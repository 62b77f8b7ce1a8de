import ControlPlane
import Documents
import KubernetesClient
import Testing

/// The commands that hints name can be typed as they stand.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct HintTests {
    @Test func hintsNameProviderAndNamespace() async throws {
        try await ClusterSandbox.with { cluster in
            let place = " --provider onprem --namespace \(cluster.namespace)"
            #expect(try await cluster.deploy().code == 0)
            let unknown = try await cluster.run(["logs", "nobody", "--provider", "onprem"])
            #expect(
                unknown.error.contains("`synthdata-infra status --provider onprem` lists the services"),
                "\(unknown.error)")
            let first = try await cluster.onDemo("rollback", "demo")
            #expect(
                first.error.contains("`synthdata-infra history demo\(place)` shows what there is"), "\(first.error)")
            let revision = try await cluster.onDemo("rollback", "demo", "--to-revision", "7")
            #expect(
                revision.error.contains("`synthdata-infra history demo\(place)` shows what each one was"),
                "\(revision.error)")
            let late = try await cluster.deploy(
                "--image", "registry.example.com/demo:unready", "--timeout", "2s")
            #expect(late.code == 4)
            #expect(
                late.error.contains("`synthdata-infra rollback demo\(place)` takes it back"), "\(late.error)")
            let crash = try await cluster.deploy("--image", "registry.example.com/demo:crash", "--timeout", "30s")
            #expect(crash.error.contains("`synthdata-infra logs demo\(place)` shows all"), "\(crash.error)")
        }
    }

    @Test func aRollbackThatHasNowhereToGoIsTold() async throws {
        try await ClusterSandbox.with { cluster in
            let first = try await cluster.deploy(
                "--image", "registry.example.com/demo:typo", "--rollback-on-failure")
            #expect(first.code == 1)
            #expect(
                first.error.contains(
                    "note: nothing was rolled back: no release of `demo` has ever been good; "
                        + "`synthdata-infra destroy demo --provider onprem --namespace \(cluster.namespace)` takes away"
                        + " what there is"),
                "\(first.error)")
            #expect(first.error.split(separator: "note: nothing was rolled back").count == 2, "\(first.error)")
        }
    }
}
