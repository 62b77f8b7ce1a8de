import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// What requests are authorised with, and when it is got anew.
@Suite struct CredentialTests {
    private static let request = HTTPRequest(.get, HTTPURL(host: "a"))
    private static let v1 = "client.authentication.k8s.io/v1"

    /// Credentials of a user with these fields, and the file's folder.
    private static func with(
        user: String, cluster: String = "server: 'https://one'", environment: [String: String] = [:],
        isTerminal: Bool = false, now: Now = Now(),
        _ body: (ClusterCredentials, Files) async throws -> Void
    ) async throws {
        let text = """
            current-context: x
            clusters: [{name: c, cluster: {\(cluster)}}]
            users: [{name: u, user: {\(user)}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            """
        try await Files.with(["config": text]) { files async throws in
            let access = try Kubeconfig.load(path: files.path("config"), environment: [:]).access(context: nil)
            var all = environment
            all["PATH"] = environment["PATH"] ?? "/usr/bin:/bin"
            try await body(
                ClusterCredentials(access, environment: all, isTerminal: isTerminal, now: { now.value }), files)
        }
    }

    /// A clock that is set.
    final class Now: Sendable {
        private let seconds = Mutex(1_000_000_000.0)
        var value: Double {
            get { seconds.withLock(\.self) }
            set { seconds.withLock { $0 = newValue } }
        }
    }

    private static func exec(_ version: String = v1, _ more: String = "") -> String {
        "exec: {apiVersion: \(version), command: ./plugin, interactiveMode: Never\(more.isEmpty ? "" : ", \(more)")}"
    }

    /// A plugin that notes each run and prints a credential, `$count` being how often it ran.
    private static func plugin(_ status: String, version: String = v1, before: String = "") -> String {
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        echo run >> runs
        count=$(wc -l < runs)
        \(before)
        cat <<END
        {"apiVersion": "\(version)", "kind": "ExecCredential", "status": {\(status)}}
        END
        """
    }

    private static func authorization(_ credentials: ClusterCredentials) async throws -> String? {
        try await credentials.headers(for: request)["Authorization"]
    }

    @Test func whatTheFileHoldsIsSentAsItIs() async throws {
        try await Self.with(user: "token: abc") { credentials, _ async throws in
            #expect(try await Self.authorization(credentials) == "Bearer abc")
        }
        try await Self.with(user: "username: me, password: 'a:ü'") { credentials, _ async throws in
            #expect(try await Self.authorization(credentials) == "Basic bWU6YTrDvA==")
        }
        try await Self.with(user: "") { credentials, _ async throws in
            #expect(try await Self.authorization(credentials) == nil)
            #expect(try await credentials.headers(insteadOf: Self.request) == nil)
        }
    }

    @Test func aTokenFileIsReadAgainEveryMinuteAndWhenRefused() async throws {
        let now = Now()
        try await Self.with(user: "tokenFile: t, token: fallback", now: now) { credentials, files async throws in
            #expect(try await Self.authorization(credentials) == "Bearer fallback")
            now.value += 61
            try files.write("t", " first\n")
            #expect(try await Self.authorization(credentials) == "Bearer first")
            try files.write("t", "second")
            now.value += 59
            #expect(try await Self.authorization(credentials) == "Bearer first")
            now.value += 2
            #expect(try await Self.authorization(credentials) == "Bearer second")

            var refused = Self.request
            refused.headers["Authorization"] = "Bearer second"
            #expect(try await credentials.headers(insteadOf: refused) == nil)
            try files.write("t", "third")
            #expect(try await credentials.headers(insteadOf: refused)?["Authorization"] == "Bearer third")
        }
    }

    @Test func actingForSomebodyIsSaidInHeaders() async throws {
        let user = "token: t, as: jane, as-uid: '7', as-groups: [dev, ops], as-user-extra: {'a/b': [x, y]}"
        try await Self.with(user: user) { credentials, _ async throws in
            let headers = try await credentials.headers(for: Self.request)
            #expect(headers["Impersonate-User"] == "jane")
            #expect(headers["Impersonate-Uid"] == "7")
            #expect(headers.values("Impersonate-Group") == ["dev", "ops"])
            #expect(headers.values("Impersonate-Extra-a%2Fb") == ["x", "y"])
        }
    }

    // MARK: Plugins

    @Test(arguments: [v1, "client.authentication.k8s.io/v1beta1"])
    func aPluginIsToldWhatItAsksFor(version: String) async throws {
        let cluster = """
            server: 'https://one', tls-server-name: name, certificate-authority-data: aGk=, proxy-url: 'http://p:1',
            extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: us}}]
            """
        let more =
            "args: [a, 'b c'], env: [{name: OWN, value: '1'}, {name: BASE, value: mine}], provideClusterInfo: true"
        let environment = ["BASE": "theirs", "KEPT": "yes"]
        try await Self.with(user: Self.exec(version, more), cluster: cluster, environment: environment) {
            credentials, files async throws in
            let seen = #"echo "$KUBERNETES_EXEC_INFO" > info; echo "$# $2 $OWN $BASE $KEPT" > seen"#
            try files.write("plugin", Self.plugin(#""token": "abc""#, version: version, before: seen), isProgram: true)
            #expect(try await Self.authorization(credentials) == "Bearer abc")
            #expect(files.text("seen") == "2 b c 1 mine yes\n")
            let told = try JSONParser.parse(files.text("info"), file: SourceFile("info"))
            #expect(
                told == [
                    "apiVersion": .string(version), "kind": "ExecCredential",
                    "spec": [
                        "interactive": false,
                        "cluster": [
                            "server": "https://one", "tls-server-name": "name", "certificate-authority-data": "aGk=",
                            "proxy-url": "http://p:1", "config": ["audience": "us"],
                        ],
                    ],
                ])
        }
    }

    @Test func aPluginIsFoundInThePathAndToldNothingMore() async throws {
        let user = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: the-plugin}"
        try await Files.with { bin async throws in
            let note = #"echo "$KUBERNETES_EXEC_INFO" > info"#
            try bin.write(
                "the-plugin", Self.plugin(#""token": "abc""#, version: Self.v1 + "beta1", before: note), isProgram: true
            )
            try await Self.with(user: user, environment: ["PATH": "\(bin.folder):/usr/bin:/bin"]) {
                credentials, _ async throws in
                #expect(try await Self.authorization(credentials) == "Bearer abc")
                #expect(bin.text("info").contains(#""spec":{"interactive":false}"#))
            }
        }
    }

    @Test func aPluginRunsAgainShortlyBeforeItsCredentialExpires() async throws {
        let now = Now()
        now.value = 1_767_225_600  // 2026-01-01T00:00:00Z
        try await Self.with(user: Self.exec(), now: now) { credentials, files async throws in
            let status = #""token": "t$count", "expirationTimestamp": "2026-01-01T01:00:00Z""#
            try files.write("plugin", Self.plugin(status), isProgram: true)
            #expect(try await Self.authorization(credentials) == "Bearer t1")
            now.value += 3600 - 61
            #expect(try await Self.authorization(credentials) == "Bearer t1")
            now.value += 2
            #expect(try await Self.authorization(credentials) == "Bearer t2")
        }
    }

    @Test(arguments: [
        "2026-01-01T00:10:00Z", "2026-01-01T02:10:00+02:00", "2026-01-01T00:10:00.123456789Z", "2026-01-01T00:10:00.5Z",
    ]) func anExpiryIsATimeOfRFC3339(_ time: String) async throws {
        let now = Now()
        now.value = 1_767_225_600
        try await Self.with(user: Self.exec(), now: now) { credentials, files async throws in
            try files.write(
                "plugin", Self.plugin(#""token": "t$count", "expirationTimestamp": "\#(time)""#), isProgram: true)
            #expect(try await Self.authorization(credentials) == "Bearer t1")
            now.value += 500
            #expect(try await Self.authorization(credentials) == "Bearer t1")
            now.value += 50
            #expect(try await Self.authorization(credentials) == "Bearer t2")
        }
    }

    @Test func requestsTogetherRunThePluginOnce() async throws {
        try await Self.with(user: Self.exec()) { credentials, files async throws in
            try files.write("plugin", Self.plugin(#""token": "t$count""#, before: "sleep 0.2"), isProgram: true)
            try await withThrowingTaskGroup(of: String?.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await Self.authorization(credentials) } }
                for try await header in tasks { #expect(header == "Bearer t1") }
            }
            #expect(files.lines("runs") == 1)

            // All of them are refused; the last answers come when there is a new one already.
            var refused = Self.request
            refused.headers["Authorization"] = "Bearer t1"
            try await withThrowingTaskGroup(of: String?.self) { [refused] tasks in
                for index in 0..<50 {
                    tasks.addTask {
                        if index > 40 { try await Task.sleep(for: .milliseconds(400)) }
                        return try await credentials.headers(insteadOf: refused)?["Authorization"]
                    }
                }
                for try await header in tasks { #expect(header == "Bearer t2") }
            }
            #expect(files.lines("runs") == 2)
        }
    }

    @Test func aPluginThatHangsEndsWithTheTask() async throws {
        try await Self.with(user: Self.exec()) { credentials, files async throws in
            try files.write("plugin", "#!/bin/sh\necho $$ > \(files.path("pid"))\nexec sleep 600\n", isProgram: true)
            let task = Task { try await Self.authorization(credentials) }
            try await eventually { !files.text("pid").isEmpty }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            let pid = try #require(Int32(files.text("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(kill(pid, 0) != 0)
        }
    }

    @Test func aPluginIssuesACertificate() async throws {
        try await Self.with(user: Self.exec()) { credentials, files async throws in
            let status = #""clientCertificateData": "certificate", "clientKeyData": "hush""#
            try files.write("plugin", Self.plugin(status), isProgram: true)
            let credential = try await credentials.credential()
            #expect(credential.authorization == nil)
            #expect(credential.certificate?.certificate == Array("certificate".utf8))
            #expect(credential.certificate?.key.secret == Array("hush".utf8))
        }
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let name: String
        /// Nil writes none.
        let plugin: String?
        var user = CredentialTests.exec()
        let says: String
        var fix: String?
        var testDescription: String { name }
    }

    static let failures = [
        Failure(
            name: "missing", plugin: nil, user: exec(v1, "installHint: 'buy it at the shop'"), says: "is not installed",
            fix: "buy it at the shop"),
        Failure(
            name: "missing in the path", plugin: nil,
            user: "exec: {apiVersion: \(v1), command: no-such-plugin, interactiveMode: Never}",
            says: "is not installed",
            fix: "install it, or add its folder to PATH"),
        Failure(name: "not a program", plugin: "\0\0\0\0", says: "could not be run"),
        Failure(name: "failing", plugin: "#!/bin/sh\nexit 3\n", says: "failed"),
        Failure(name: "killed", plugin: "#!/bin/sh\nkill -9 $$\n", says: "failed"),
        Failure(name: "garbage", plugin: "#!/bin/sh\necho 'token hush'\n", says: "not JSON"),
        Failure(name: "nothing", plugin: "#!/bin/sh\n", says: "not JSON"),
        Failure(
            name: "endless", plugin: "#!/bin/sh\nhead -c 4000000 /dev/zero\n", says: "could not be run"),
        Failure(name: "another kind", plugin: "#!/bin/sh\necho '{\"kind\": \"Pod\"}'\n", says: "not an ExecCredential"),
        Failure(
            name: "another version", plugin: plugin(#""token": "hush""#, version: v1 + "beta1"),
            says: "it speaks client.authentication.k8s.io/v1beta1"),
        Failure(name: "empty", plugin: plugin(#""token": """#), says: "neither a token nor a certificate"),
        Failure(
            name: "half a certificate", plugin: plugin(#""clientKeyData": "hush""#),
            says: "a certificate or a key without the other"),
        Failure(
            name: "no time", plugin: plugin(#""token": "hush", "expirationTimestamp": "tomorrow""#),
            says: "expirationTimestamp"),
        Failure(
            name: "no terminal", plugin: plugin(#""token": "hush""#),
            user: "exec: {apiVersion: \(v1), command: ./plugin, interactiveMode: Always}",
            says: "wants to ask at a terminal"),
    ]

    @Test(arguments: failures) func aPluginThatFailsIsToldWithItsLine(_ test: Failure) async throws {
        try await Self.with(user: test.user) { credentials, files async throws in
            if let plugin = test.plugin { try files.write("plugin", plugin, isProgram: true) }
            let found = await diagnostics { try await Self.authorization(credentials) }
            let text = "\(found.first.map { "\($0)" } ?? "")"
            #expect(found.first?.code == .credentialPlugin)
            #expect(text.hasPrefix("\(files.path("config")):3:"))
            #expect(text.contains(test.says) && text.contains(test.fix ?? "fix:"))
            #expect(!text.contains("hush"))
        }
    }

    /// Each between blanks.
    private static func numbers(_ text: String) -> String {
        " \(text.split { !$0.isNumber }.joined(separator: " ")) "
    }

    @Test func nothingOfItPrintsASecret() async throws {
        let users = [
            "token: hush", "username: a, password: hush", "tokenFile: t, token: hush",
            "client-certificate-data: YQ==, client-key-data: aHVzaA==",
            "exec: {apiVersion: \(Self.v1), command: ./plugin, interactiveMode: Never, env: [{name: A, value: hush}]}",
        ]
        for user in users {
            let cluster = "server: 'https://one', proxy-url: 'http://me:hush@proxy'"
            try await Self.with(user: user, cluster: cluster) { credentials, files async throws in
                try files.write("plugin", Self.plugin(#""token": "hush""#), isProgram: true)
                let access = try Kubeconfig.load(path: files.path("config"), environment: [:]).access(context: nil)
                var text = "\(access) \(String(reflecting: access)) "
                dump(access, to: &text)
                text += "\(try await credentials.credential())"
                dump(try await credentials.credential(), to: &text)
                // Bytes of a key would print as numbers, which times and addresses have, too, but not in that order.
                #expect(
                    !text.contains("hush") && !Self.numbers(text).contains(Self.numbers("\(Array("hush".utf8))")),
                    "\(user)")
            }
        }
    }
}
