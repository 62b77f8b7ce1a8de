import Diagnostics
import HTTPTransport
import Testing

@testable import KubernetesClient

/// Credential plugins that may ask a person, at a terminal and elsewhere.
@Suite struct InteractivePluginTests {
    /// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    @Test(arguments: [
        ("Never", true, "false"), ("Never", false, "false"), ("IfAvailable", true, "true"),
        ("IfAvailable", false, "false"), ("Always", true, "true"), ("Always", false, nil),
    ])
    func isToldWhetherItMayAsk(mode: String, isTerminal: Bool, told: String?) async throws {
        let config = """
            current-context: x
            clusters: [{name: c, cluster: {server: 'https://one'}}]
            users:
            - name: u
              user:
                exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: \(mode)}
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """
        try await Files.with(["config": config]) { files async throws in
            try files.write(
                "plugin",
                """
                #!/usr/bin/env python3
                import json, os
                told = json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]
                print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                                  "status": {"token": json.dumps(told)}}))
                """, isProgram: true)
            let access = try Kubeconfig.load(path: files.path("config"), environment: [:]).access(context: nil)
            let credentials = ClusterCredentials(
                access, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], isTerminal: isTerminal)
            var token: String?
            let problems = await diagnostics {
                token = try await credentials.credential().authorization?.secret
            }
            #expect(token == told.map { "Bearer \($0)" }, "\(problems)")
            #expect((told == nil) == (problems.first?.what.contains("wants to ask at a terminal") == true))
        }
    }
}
