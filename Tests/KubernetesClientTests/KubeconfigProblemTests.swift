import Diagnostics
import Testing

@testable import KubernetesClient

/// Each malformed shape is told once, at its place.
@Suite struct KubeconfigProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        /// `line:column: the beginning of what`
        let told: String
        var testDescription: String { told }

        /// A whole file around the fields of its one cluster (line 4) or user (line 6).
        static func cluster(_ fields: String, _ told: String) -> Case {
            Case(text: whole(cluster: fields, user: "token: t"), told: told)
        }

        static func user(_ fields: String, _ told: String) -> Case {
            Case(text: whole(cluster: "server: 'https://one'", user: fields), told: told)
        }

        static func exec(_ fields: String, _ told: String) -> Case { user("exec: {\(fields)}", told) }

        private static func whole(cluster: String, user: String) -> String {
            """
            current-context: x
            clusters:
            - name: c
              cluster: {\(cluster)}
            users:
            - {name: u, user: {\(user)}}
            contexts:
            - {name: x, context: {cluster: c, user: u}}
            """
        }
    }

    private static let v1 = "apiVersion: client.authentication.k8s.io/v1"

    static let cases = [
        Case(text: "just text", told: "1:1: this is not a kubeconfig file"),
        Case(text: "- a", told: "1:1: this is not a kubeconfig file"),
        Case(text: "clusters: {a: b}", told: "1:11: `clusters` must be a list"),
        Case(text: "users: [{user: {}}]", told: "1:9: an entry of `users` has no `name`"),
        Case(text: "users: [text]", told: "1:9: an entry of `users` has no `name`"),
        Case(text: "contexts: [{name: a, context: text}]", told: "1:31: `context` of `a` must be a mapping"),
        Case(text: "users: [{name: a}, {name: a}]", told: "1:20: `users` has two entries `a`"),
        Case(text: "current-context: [a]", told: "1:18: `current-context` must be a string"),
        Case(text: "current-context: x", told: "1:18: there is no context `x`"),
        Case(text: "contexts: [{name: x}]\ncurrent-context: x", told: "1:12: the context `x` names no cluster"),
        Case(
            text: "contexts: [{name: x, context: {cluster: 7}}]\ncurrent-context: x",
            told: "1:41: `cluster` of the context `x` must be a string"),
        Case(
            text: "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x",
            told: "1:41: there is no cluster `c`"),
        .cluster("", "4:12: the cluster `c` has no `server`"),
        .cluster("server: 7", "4:21: `server` of the cluster `c` must be a string"),
        .cluster("server: 'ftp://a'", "4:21: `server` of the cluster `c` is not an address"),
        .cluster("server: 'https://me:pw@a'", "4:21: `server` of the cluster `c` is not an address"),
        .cluster("server: 'https://a?b=c'", "4:21: `server` of the cluster `c` is not an address"),
        .cluster(
            "server: 'https://a', insecure-skip-tls-verify: 'true'",
            "4:60: `insecure-skip-tls-verify` of the cluster `c` must be true or false"),
        .cluster(
            "server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: aGk=",
            "4:60: the cluster `c` has an authority and is not to be verified"),
        .cluster(
            "server: 'https://a', certificate-authority-data: '%'",
            "4:62: `certificate-authority-data` of `c` is not base64"),
        .cluster(
            "server: 'https://a', proxy-url: 'ftp://b'", "4:45: `proxy-url` of the cluster `c` is not a proxy's address"
        ),
        .user("token: 123", "6:27: `token` of the user `u` must be a string"),
        .user("token: a, username: b", "6:40: the user `u` has a token and a user name"),
        .user("client-key-data: aGk=", "6:19: the user `u` has a client key without its certificate"),
        .user("as-groups: [a]", "6:19: the user `u` acts for somebody without saying for whom"),
        .user("as: a, as-groups: b", "6:38: `as-groups` of the user `u` must be a list"),
        .user("as: a, as-groups: [1]", "6:39: `as-groups` of the user `u` must be a list of strings"),
        .user("auth-provider: {name: gcp}", "6:35: the user `u` uses the auth-provider `gcp`"),
        .user("exec: text", "6:26: `exec` of the user `u` must be a mapping"),
        .exec("command: a", "6:26: `apiVersion` of `exec` of the user `u` is missing"),
        .exec(
            "apiVersion: client.authentication.k8s.io/v1alpha1, command: a",
            "6:39: `apiVersion` of `exec` of the user `u` is not known: `client.authentication.k8s.io/v1alpha1`"),
        .exec(v1, "6:26: `command` of `exec` of the user `u` is missing"),
        .exec("\(v1), command: a", "6:26: `interactiveMode` of `exec` of the user `u` is missing"),
        .exec(
            "\(v1), command: a, interactiveMode: Maybe",
            "6:101: `interactiveMode` of `exec` of the user `u` is not known: `Maybe`"),
        .exec(
            "\(v1), command: a, interactiveMode: Never, args: b",
            "6:114: `args` of `exec` of the user `u` must be a list"),
        .exec(
            "\(v1), command: a, interactiveMode: Never, env: [{value: b}]",
            "6:113: `env` of `exec` of the user `u` has an entry without `name`"),
        .exec(
            "\(v1), command: a, interactiveMode: Never, env: [{name: b, value: 1}]",
            "6:131: `value` of an entry of `env` of `exec` of the user `u` must be a string"),
    ]

    @Test(arguments: cases) func isToldOnceAtItsPlace(_ test: Case) async throws {
        try await Files.with(["a": test.text]) { files async throws in
            let found = await diagnostics {
                try Kubeconfig.load(path: files.path("a"), environment: [:]).access(context: nil)
            }
            try #require(found.count == 1, "\(found)")
            #expect(
                "\(found[0])".hasPrefix(
                    "\(files.path("a")):\(test.told.replacing(": ", with: ": error: ", maxReplacements: 1))"))
        }
    }

    @Test func allProblemsOfAContextAreToldTogether() async throws {
        let test = Case.cluster("server: 7, proxy-url: 8, insecure-skip-tls-verify: 9", "")
        try await Files.with(["a": test.text]) { files async throws in
            let found = await diagnostics {
                try Kubeconfig.load(path: files.path("a"), environment: [:]).access(context: nil)
            }
            #expect(found.count == 3)
        }
    }

    @Test func aFileThatIsNamedAndMissingIsToldWithItsPlace() async throws {
        let test = Case.cluster("server: 'https://a', certificate-authority: ca.pem", "")
        try await Files.with(["a": test.text]) { files async throws in
            let found = await diagnostics {
                try Kubeconfig.load(path: files.path("a"), environment: [:]).access(context: nil)
            }
            #expect(found.map { "\($0.location.map { "\($0)" } ?? "")" } == [files.path("ca.pem")])
            #expect(found.first?.notes.first?.location.map { "\($0)" } == "\(files.path("a")):4:57")
            #expect(await diagnostics { try Kubeconfig.load(path: files.path("b"), environment: [:]) }.count == 1)
        }
    }

    @Test func aContextThatIsNotThereIsToldWithTheNearest() async throws {
        let text = "contexts: [{name: staging}, {name: production}]"
        try await Files.with(["a": text]) { files async throws in
            let kubeconfig = try Kubeconfig.load(path: files.path("a"), environment: [:])
            let wrong = await diagnostics { try kubeconfig.access(context: "prodution") }
            #expect(wrong.first?.fix == "did you mean `production`?")
            let none = await diagnostics { try kubeconfig.access(context: nil) }
            #expect(none.first?.code == .noContext)
            #expect(none.first?.fix?.contains("staging, production") == true)
        }
        let nothing = await diagnostics { try ClusterAccess.find(kubeconfig: nil, context: nil, environment: [:]) }
        #expect(nothing.first?.why == "there is no kubeconfig file")
    }
}
