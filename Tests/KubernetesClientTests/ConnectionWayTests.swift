import ControlPlane
import Diagnostics
import Foundation
import HTTPTransport
import TestSupport
import Testing

@testable import KubernetesClient

/// How connections to a real API server are made: as whom, and through what.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct ConnectionWayTests {
    private static func config(server: String, _ user: String, more: String = "") async throws -> String {
        let plane = try await ControlPlane.shared()
        return """
            current-context: x
            clusters: [{name: c, cluster: {server: '\(server)', certificate-authority: \(plane.state)/pki/ca.crt\(more)}}]
            users: [{name: u, user: {\(user)}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """
    }

    private static func mayLook(_ config: String, environment: [String: String] = [:]) async throws -> Bool {
        try await Files.with(["config": config]) { files async throws in
            let access = try ClusterAccess.find(kubeconfig: files.path("config"), context: nil, environment: [:])
            let (client, server) = try ClusterConnection.client(
                for: access, environment: environment, isTerminal: false)
            return try await KubernetesAPI(client, server: server)
                .get(.namespace, namespace: nil, name: "default") != nil
        }
    }

    @Test func aCertificateOfTheFileItselfIsShown() async throws {
        let plane = try await ControlPlane.shared()
        func data(_ name: String) throws -> String {
            try Data(contentsOf: URL(filePath: "\(plane.state)/pki/\(name)")).base64EncodedString()
        }
        let user = "client-certificate-data: \(try data("admin.crt")), client-key-data: \(try data("admin.key"))"
        #expect(try await Self.mayLook(await Self.config(server: plane.server, user)))
        let anonymous = try await Self.config(server: plane.server, "")
        #expect(await diagnostics { try await Self.mayLook(anonymous) }.first?.code.name == "kubernetes.unauthorized")
    }

    /// The name of the server is known to the proxy alone.
    @Test(arguments: ["HTTPS_PROXY", "https_proxy"])
    func aProxyOfTheEnvironmentIsUsed(variable: String) async throws {
        let plane = try await ControlPlane.shared()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../HTTPTransportTests/Fixtures/server.py")
        let proxy = try LineProcess(["/usr/bin/env", "python3", script.path, "proxy"])
        let address = "http://127.0.0.1:\(await proxy.line())"
        let port = try #require(plane.server.split(separator: ":").last)
        let config = try await Self.config(
            server: "https://cluster.internal:\(port)",
            "client-certificate: \(plane.state)/pki/admin.crt, client-key: \(plane.state)/pki/admin.key",
            more: ", tls-server-name: kubernetes.default.svc")
        #expect(try await Self.mayLook(config, environment: [variable: address]))
        for environment in [[:], [variable: address, "NO_PROXY": ".internal"]] {
            let found = await diagnostics { try await Self.mayLook(config, environment: environment) }
            #expect(found.count == 1, "\(environment)")
        }
    }
}
