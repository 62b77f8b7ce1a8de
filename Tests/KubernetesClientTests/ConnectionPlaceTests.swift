import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import TestSupport
import Testing

@testable import KubernetesClient

/// Problems of a connection to a real API server, each told at its line of the kubeconfig.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct ConnectionPlaceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Lines below `cluster:` and `user:`; `SERVER`, `STATE` and `TOKEN` are the control plane's.
        var cluster = ["server: SERVER", "certificate-authority: STATE/pki/ca.crt"]
        var user = ["token: TOKEN"]
        let code: String
        let says: String
        /// The key whose value the problem is told at.
        let key: String
        var fix = ""

        var testDescription: String { name }
    }

    private static let trusted = "certificate-authority: STATE/pki/ca.crt"

    static let cases = [
        Case(
            name: "a closed port", cluster: ["server: https://127.0.0.1:1", trusted], code: "http.unreachable",
            says: "the server refuses connections", key: "server"),
        Case(
            name: "an unknown host", cluster: ["server: https://nobody.invalid:6443", trusted],
            code: "http.unreachable", says: "the host's name has no address", key: "server"),
        Case(
            name: "no authority", cluster: ["server: SERVER"], code: "http.tls",
            says: "from nobody that is trusted", key: "server", fix: "certificate-authority"),
        Case(
            name: "another authority", cluster: ["server: SERVER", "certificate-authority: STATE/other.crt"],
            code: "http.tls", says: "from nobody that is trusted", key: "certificate-authority",
            fix: "it may have been renewed"),
        Case(
            name: "a key in place of an authority",
            cluster: ["server: SERVER", "certificate-authority: STATE/pki/service-account.key"], code: "http.tls",
            says: "unusable", key: "certificate-authority"),
        Case(
            name: "another name", cluster: ["server: SERVER", trusted, "tls-server-name: another"], code: "http.tls",
            says: "is for another name", key: "tls-server-name", fix: "set tls-server-name"),
        Case(
            name: "a proxy that is not there", cluster: ["server: SERVER", trusted, "proxy-url: http://127.0.0.1:1"],
            code: "http.unreachable", says: "refuses connections", key: "server"),
        Case(
            name: "a token that is refused", user: ["token: stale"], code: "kubernetes.unauthorized",
            says: "does not accept the credential", key: "token", fix: "log in again"),
        Case(
            name: "a token file that is refused", user: ["tokenFile: STATE/stale"], code: "kubernetes.unauthorized",
            says: "does not accept the credential", key: "tokenFile", fix: "renews the file"),
        Case(
            name: "an expired client certificate",
            user: ["client-certificate: STATE/expired.crt", "client-key: STATE/expired.key"],
            code: "kubernetes.unauthorized", says: "does not accept the credential", key: "client-certificate",
            fix: "openssl x509 -noout -enddate"),
        Case(
            name: "no credential", user: ["as-nobody: x"], code: "kubernetes.unauthorized",
            says: "wants to know who you are", key: "as-nobody", fix: "log in"),
        Case(
            name: "a plugin that is not installed",
            user: [
                "exec:", "  apiVersion: client.authentication.k8s.io/v1", "  interactiveMode: Never",
                "  command: no-such-plugin", "  installHint: apt install no-such-plugin",
            ], code: "kubernetes.credential-plugin", says: "`no-such-plugin` is not installed", key: "command",
            fix: "apt install no-such-plugin"),
    ]

    @Test(arguments: cases) func aProblemIsToldAtItsLine(_ given: Case) async throws {
        let plane = try await ControlPlane.shared()
        let admin = try Kubeconfig.load(path: plane.kubeconfigs.admin, environment: [:]).access(context: nil)
        guard case .token(let token) = admin.credential else { throw CredentialMissing() }
        try await Files.with { files async throws in
            try files.write("stale", "stale")
            if (given.cluster + given.user).contains(where: { $0.contains("expired") || $0.contains("other.crt") }) {
                try await Self.makeCertificates(files.folder, authority: "\(plane.state)/pki")
            }
            let text = """
                current-context: x
                contexts: [{name: x, context: {cluster: c, user: u}}]
                clusters:
                - name: c
                  cluster:
                    \(given.cluster.joined(separator: "\n    "))
                users:
                - name: u
                  user:
                    \(given.user.joined(separator: "\n    "))
                """
                .replacing("SERVER", with: plane.server).replacing("TOKEN", with: token.secret)
                .replacing("STATE/pki", with: "\(plane.state)/pki").replacing("STATE", with: files.folder)
            try files.write("config", text)
            let found = await diagnostics {
                try await Cluster.api(files.path("config")).get(.namespace, namespace: nil, name: "default")
            }
            let problem = try #require(found.first)
            #expect(problem.code.name == given.code, "\(problem)")
            #expect(problem.what.contains(given.says), "\(problem)")
            #expect(problem.fix?.contains(given.fix) == true || given.fix.isEmpty, "\(problem)")
            let line = try #require(
                text.split(separator: "\n").firstIndex { $0.drop { " -".contains($0) }.hasPrefix("\(given.key):") })
            #expect(
                problem.location?.description.hasPrefix("\(files.path("config")):\(line + 1):") == true, "\(problem)")
        }
    }

    private struct CredentialMissing: Error {}

    /// A client certificate of yesterday, and an authority that signed nothing.
    private static func makeCertificates(_ folder: String, authority: String) async throws {
        let script = """
            set -e
            cd '\(folder)'
            openssl req -newkey rsa:2048 -nodes -keyout expired.key -subj /CN=admin/O=system:masters -out expired.csr
            openssl x509 -req -in expired.csr -CA '\(authority)/ca.crt' -CAkey '\(authority)/ca.key' -set_serial 7 \
                -days -1 -out expired.crt
            openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=other -days 1 -out other.crt
            """
        let status = try await OwnThread.run {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        try #require(status == 0)
    }
}
