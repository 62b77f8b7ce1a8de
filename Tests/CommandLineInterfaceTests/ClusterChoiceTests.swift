import ControlPlane
import Documents
import FoundationEssentials
import KubernetesClient
import Subprocess
import Testing

/// Which cluster the built tool speaks to, and as whom it is known there.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterChoiceTests {
    /// A context that leads nowhere is the current one.
    @Test func theContextOfTheFlagGoesBeforeTheCurrentOne() async throws {
        try await ClusterSandbox.with { cluster in
            let text = try String(
                decoding: Data(contentsOf: URL(filePath: cluster.plane.kubeconfigs.admin)), as: UTF8.self)
            let admin = try Finished.parsed(text)
            let context = try #require(admin["contexts"]?.sequence?.first)
            let file = try cluster.sandbox.write(
                JSONEmitter.emit([
                    "current-context": "nowhere",
                    "clusters": .sequence(
                        (admin["clusters"]?.sequence ?? []) + [
                            ["name": "nowhere", "cluster": ["server": "https://127.0.0.1:1"]]
                        ]),
                    "users": admin["users"] ?? [],
                    "contexts": [
                        ["name": "here", "context": context["context"] ?? [:]],
                        [
                            "name": "nowhere",
                            "context": ["cluster": "nowhere", "user": context.value("context", "user") ?? ""],
                        ],
                    ],
                ]), to: "two.kubeconfig")
            let kubeconfig = "\(cluster.sandbox.path)/work/\(file)"
            let lost = try await cluster.run(["doctor"], kubeconfig: kubeconfig)
            #expect(lost.code != 0)
            #expect(lost.error.contains("127.0.0.1:1"), "\(lost.error)")
            let found = try await cluster.run(["doctor", "--context", "here"], kubeconfig: kubeconfig)
            #expect(found.code == 0, "\(found.error)")
            #expect(found.output.contains("at \(cluster.plane.server)"), "\(found.output)")
            let unknown = try await cluster.run(["doctor", "--context", "hree"], kubeconfig: kubeconfig)
            #expect(unknown.code == 2)
            #expect(unknown.error.contains("did you mean `here`?"), "\(unknown.error)")
        }
    }

    @Test(arguments: ["GITHUB_RUN_ID", "CI_JOB_ID", "BUILD_ID"])
    func theJobOfAPipelineIsNamedToThoseWhoWait(variable: String) async throws {
        try await ClusterSandbox.with { cluster in
            let arguments = [
                "deploy", "-f", "demo.yaml", "--set", "deployment.namespace=\(cluster.namespace)", "--kubeconfig",
                cluster.plane.kubeconfigs.admin, "--image", "registry.example.com/demo:unready", "--timeout", "5m",
            ]
            var environment: [Environment.Key: String?] = ["GITHUB_RUN_ID": nil, "CI_JOB_ID": nil, "BUILD_ID": nil]
            environment.updateValue("4711", forKey: .init(stringLiteral: variable))
            let first = try await cluster.sandbox.run(arguments, environment: environment, until: "0 of 1 ready") {
                first in
                let lease = try await cluster.api.get(
                    .lease, namespace: cluster.namespace, name: "synthdata-lock.demo")
                let holder = lease?.value("spec", "holderIdentity")?.string
                #expect(holder?.hasSuffix(", job 4711)") == true, "\(holder ?? "nobody")")
                let waiting = try await cluster.sandbox.run(arguments + ["--lock-timeout", "0s"])
                #expect(waiting.code == 5)
                #expect(waiting.error.contains(", job 4711) holds Lease"), "\(waiting.error)")
                try first.send(.interrupt)
            }
            #expect(first.code == 130)
        }
    }
}
