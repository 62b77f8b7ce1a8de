import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// Connections to a real API server as a kubeconfig describes them.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct ConnectionTests {
    /// A kubeconfig with these fields of the cluster and the user; `SERVER` in them is the server's address, `TOKEN` the
    /// administrator's token, `STATE` the control plane's folder.
    private static func file(_ cluster: String, _ user: String = "token: TOKEN") async throws -> String {
        let plane = try await ControlPlane.shared()
        let admin = try Kubeconfig.load(path: plane.kubeconfigs.admin, environment: [:]).access(context: nil)
        guard case .token(let token) = admin.credential else { throw LineMissing() }
        return """
            current-context: x
            clusters:
            - name: c
              cluster: {\(cluster)}
            users: [{name: u, user: {\(user)}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """.replacing("SERVER", with: plane.server).replacing("TOKEN", with: token.secret)
                .replacing("STATE", with: plane.state)
    }

    private struct LineMissing: Error {}

    private static let authority = "certificate-authority: STATE/pki/ca.crt"

    private static func version(_ text: String, environment: [String: String] = [:]) async throws -> String? {
        try await Files.with(["config": text]) { files async throws in
            let access = try ClusterAccess.find(kubeconfig: files.path("config"), context: nil, environment: [:])
            let (client, server) = try ClusterConnection.client(
                for: access, environment: environment, isTerminal: false)
            return try await KubernetesAPI(client, server: server).document(at: "/version")["gitVersion"]?.string
        }
    }

    @Test(arguments: [
        "insecure-skip-tls-verify: true", authority, "\(authority), tls-server-name: kubernetes.default.svc",
    ]) func aServerIsTrustedAsTheFileSays(trust: String) async throws {
        #expect(try await Self.version(await Self.file("server: 'SERVER', \(trust)")) != nil)
    }

    @Test func aProxyOfTheFileIsUsedAndOfTheEnvironmentIsNot() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../HTTPTransportTests/Fixtures/server.py")
        let proxy = try LineProcess(["/usr/bin/env", "python3", script.path, "proxy", "me:hush"])
        let port = await proxy.line()
        func through(_ user: String) async throws -> String? {
            let address = "http://\(user)127.0.0.1:\(port)"
            return try await Self.version(
                await Self.file("server: 'SERVER', \(Self.authority), proxy-url: '\(address)'"))
        }
        #expect(try await through("me:hush@") != nil)
        #expect(
            await diagnostics { try await through("") }.first?.what.contains("the proxy answers with status 407")
                == true)
        // Loopback never goes through a proxy of the environment.
        let direct = try await Self.file("server: 'SERVER', \(Self.authority)")
        #expect(try await Self.version(direct, environment: ["HTTPS_PROXY": "http://127.0.0.1:1"]) != nil)
    }

    @Test func aPluginsTokenIsReplacedOnceItIsRefused() async throws {
        let user = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}"
        let text = try await Self.file("server: 'SERVER', \(Self.authority)", user)
        let token = try await Self.file("server: 'SERVER'").split(separator: "token: ")[1].prefix { $0 != "}" }
        try await Files.with(["config": text]) { files async throws in
            try files.write(
                "plugin",
                """
                #!/bin/sh
                cd "$(dirname "$0")"
                echo run >> runs
                token=\(token)
                if [ "$(wc -l < runs)" = 1 ]; then token=stale; fi
                echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",'
                echo '"status": {"token": "'$token'"}}'
                """, isProgram: true)
            let traces = Mutex<[String]>([])
            let api = try await Cluster.api(files.path("config")) { trace in
                traces.withLock { $0.append("\(trace)") }
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<20 { tasks.addTask { _ = try await api.document(at: "/version") } }
                try await tasks.waitForAll()
            }
            #expect(files.lines("runs") == 2)
            #expect(traces.withLock { $0.count } == 20)
            #expect(traces.withLock { $0.allSatisfy { !$0.contains(token) } })
        }
    }

    @Test func aPluginsCertificateIsShown() async throws {
        let user = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}"
        let text = try await Self.file("server: 'SERVER', \(Self.authority)", user)
        let keys = try await ControlPlane.shared().state + "/pki"
        try await Files.with(["config": text]) { files async throws in
            try files.write(
                "plugin",
                """
                #!/usr/bin/env python3
                import json
                print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {
                    "clientCertificateData": open("\(keys)/admin.crt").read(),
                    "clientKeyData": open("\(keys)/admin.key").read()}}))
                """, isProgram: true)
            let (client, server) = try ClusterConnection.client(
                for: try await Cluster.access(files.path("config")),
                environment: ["PATH": "/usr/bin:/bin:/usr/local/bin"], isTerminal: false)
            let api = KubernetesAPI(client, server: server)
            #expect(try await api.get(.namespace, namespace: nil, name: "default") != nil)
        }
    }

    @Test func actingForSomebodyHasTheRightsOfTheirGroups() async throws {
        let plain = try await Self.file("server: 'SERVER', \(Self.authority)", "token: TOKEN, as: jane")
        let member = try await Self.file(
            "server: 'SERVER', \(Self.authority)", "token: TOKEN, as: jane, as-groups: [dev, 'system:masters']")
        for (text, isAllowed) in [(plain, false), (member, true)] {
            try await Files.with(["config": text]) { files async throws in
                let api = try await Cluster.api(files.path("config"))
                let answer = try await api.review(
                    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                    [
                        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                        "spec": ["resourceAttributes": ["verb": "create", "resource": "pods", "namespace": "default"]],
                    ])
                #expect(answer.value("status", "allowed")?.bool == isAllowed)
            }
        }
    }
}
