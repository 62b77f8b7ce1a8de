import ControlPlane
import Documents
import Subprocess
import Testing

/// What real shells offer after Tab.
@Suite struct CompletionTests {
    private static let shells = ["bash", "zsh", "fish"]

    /// A line that is typed without `synthdata-infra`, and what has to appear after Tab: nothing of it is in the line,
    /// which shells write anew.
    struct Typed {
        let line: String
        let offers: [String]

        init(_ line: String, _ offers: String...) {
            self.line = line
            self.offers = offers
        }
    }

    private func check(
        _ shell: String, _ all: [Typed], _ sandbox: Sandbox, environment: [Environment.Key: String?] = [:]
    ) async throws {
        let script = "\(Project.root)/Tests/Support/shell_completion.py"
        let cases = all.map { typed -> Node in
            ["line": .string("synthdata-infra \(typed.line)"), "until": .sequence(typed.offers.map { .string($0) })]
        }
        let result = try await sandbox.shell(
            "exec python3 \(script) \(shell) \"$0\" \"$@\"", cases.map { JSONEmitter.emit($0) },
            environment: environment)
        try #require(result.code == 0, "\(result.error)")
        let shown = try result.lines.map { try Finished.parsed($0)["shown"]?.string ?? "" }
        try #require(shown.count == all.count)
        for (typed, shown) in zip(all, shown) {
            for offer in typed.offers {
                #expect(!typed.line.contains(offer))
                #expect(shown.contains(offer), "\(typed.line): \(shown)")
            }
        }
    }

    @Test(arguments: shells) func offerCommandsServicesAndChoices(_ shell: String) async throws {
        try await Sandbox.with { sandbox in
            for name in ["customer-synth", "quokka-nine"] {
                #expect(try await sandbox.run("deploy", "--type", "tabular", "--name", name).code == 0)
            }
            try await check(
                shell,
                [
                    Typed("rollb", "ack"), Typed("status cust", "omer-synth"), Typed("scale --service quok", "ka-nine"),
                    Typed("deploy --type ", "time_series", "video"), Typed("deploy --provider ", "onprem", "azure"),
                    Typed("deploy --environment ", "staging", "production"),
                ], sandbox)
        }
    }

    @Test(
        .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"), arguments: shells)
    func offerContextsAndTheServicesOfTheirCluster(_ shell: String) async throws {
        try await ClusterSandbox.with { cluster in
            try cluster.sandbox.write(Pipeline.small, to: "synthdata/base.yaml")
            let deployed = try await cluster.run([
                "deploy", "--name", "xylophone-\(shell)", "--type", "image", "--provider", "onprem", "--environment",
                "development", "--set", "deployment.namespace=\(cluster.namespace)",
            ])
            #expect(deployed.code == 0, "\(deployed.error)")
            try cluster.sandbox.write(
                """
                apiVersion: v1
                kind: Config
                current-context: quokka-nine
                contexts: [{name: quokka-nine, context: {cluster: test, user: me}}]
                clusters:
                - {name: test, cluster: {server: "\(cluster.plane.server)", certificate-authority: \(cluster.plane.authority)}}
                users: [{name: me, user: {token: "\(cluster.token())"}}]
                """, to: "quokka.kubeconfig")
            try await check(
                shell,
                [
                    Typed("status --context quok", "ka-nine"),
                    Typed("status --provider onprem --namespace \(cluster.namespace) xylo", "phone-\(shell)"),
                ], cluster.sandbox,
                environment: ["KUBECONFIG": "\(cluster.sandbox.path)/work/quokka.kubeconfig"])
        }
    }

    /// Whoever types is not kept waiting, and not told of errors.
    @Test func aClusterThatDoesNotAnswerHasNoNames() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write(
                """
                apiVersion: v1
                kind: Config
                current-context: far
                contexts: [{name: far, context: {cluster: far, user: me}}]
                clusters: [{name: far, cluster: {server: "https://192.0.2.1"}}]
                users: [{name: me, user: {token: none}}]
                """, to: "kubeconfig")
            #expect(try await sandbox.run("deploy", "--type", "tabular", "--name", "nearby").code == 0)
            func offered(_ provider: String) async throws -> Finished {
                try await sandbox.run([
                    "---completion", "status", "--", "positional@0", "6", "0", "synthdata-infra", "status",
                    "--provider", provider, "--kubeconfig", "kubeconfig", "",
                ])
            }
            let near = try await offered("local")
            #expect(near.code == 0)
            #expect(near.lines == ["nearby"])
            let start = ContinuousClock.now
            let far = try await offered("onprem")
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(far.code == 0)
            #expect(far.lines.isEmpty, "\(far.output)")
            #expect(far.error.isEmpty)
        }
    }
}
