import ControlPlane
import Documents
import Subprocess
import Testing

/// What real shells offer after Tab.
@Suite struct CompletionTests {
    private static let shells = ["bash", "zsh", "fish"]

    /// What appeared for each of the lines, which are typed without `synthdata-infra`.
    private func shown(
        _ shell: String, _ lines: [String], _ sandbox: Sandbox, environment: [Environment.Key: String?] = [:]
    ) async throws -> [String] {
        let script = "\(Project.root)/Tests/Support/shell_completion.py"
        let result = try await sandbox.shell(
            "exec python3 \(script) \(shell) \"$0\" \"$@\"", lines.map { "synthdata-infra \($0)" },
            environment: environment)
        try #require(result.code == 0, "\(result.error)")
        return try result.lines.map { try Finished.parsed($0)["shown"]?.string ?? "" }
    }

    @Test(arguments: shells) func offerCommandsServicesAndChoices(_ shell: String) async throws {
        try await Sandbox.with { sandbox in
            for name in ["customer-synth", "orders"] {
                #expect(try await sandbox.run("deploy", "--type", "tabular", "--name", name).code == 0)
            }
            let shown = try await shown(
                shell,
                [
                    "dri", "status cust", "scale --service ord", "deploy --type ", "deploy --provider ",
                    "deploy --environment ",
                ], sandbox)
            #expect(shown[0].contains("ft"), "\(shown)")
            #expect(shown[1].contains("omer-synth"), "\(shown)")
            #expect(shown[2].contains("ers"), "\(shown)")
            #expect(shown[3].contains("time_series") && shown[3].contains("video"), "\(shown)")
            #expect(shown[4].contains("onprem") && shown[4].contains("azure"), "\(shown)")
            #expect(shown[5].contains("staging") && shown[5].contains("production"), "\(shown)")
        }
    }

    @Test(
        .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"), arguments: shells)
    func offerContextsAndTheServicesOfTheirCluster(_ shell: String) async throws {
        let kubeconfig = try await ControlPlane.shared().kubeconfigs.admin
        try await Sandbox.with { sandbox in
            try sandbox.write(Pipeline.small, to: "synthdata/base.yaml")
            let environment: [Environment.Key: String?] = ["KUBECONFIG": kubeconfig]
            let name = "completed-\(shell)"
            let line = ["--type", "image", "--provider", "onprem", "--environment", "development"]
            let deployed = try await sandbox.run(["deploy", "--name", name] + line, environment: environment)
            #expect(deployed.code == 0, "\(deployed.error)")
            let shown = try await shown(
                shell, ["status --context te", "status --provider onprem completed-\(shell.prefix(2))"], sandbox,
                environment: environment)
            _ = try await sandbox.run(["destroy", name, "--provider", "onprem"], environment: environment)
            #expect(shown[0].contains("st"), "\(shown)")
            #expect(shown[1].contains(String(shell.dropFirst(2))), "\(shown)")
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
            let start = ContinuousClock.now
            let finished = try await sandbox.run([
                "---completion", "status", "--", "positional@0", "6", "0", "synthdata-infra", "status", "--provider",
                "onprem", "--kubeconfig", "kubeconfig", "",
            ])
            #expect(finished.output.split(separator: "\n").isEmpty, "\(finished.output)")
            #expect(finished.error.isEmpty)
            #expect(ContinuousClock.now - start < .seconds(15))
        }
    }
}
