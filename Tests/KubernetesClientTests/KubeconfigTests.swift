import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Testing

@testable import KubernetesClient

/// Kubeconfig files are read as kubectl reads them: kubectl itself says what is right.
@Suite struct KubeconfigTests {
    private static let kubectl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/kubectl" }.first(where: FileManager.default.isExecutableFile)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let files: [String: String]
        /// `KUBECONFIG`, with `@` for the folder.
        var list = "@/a"
        var context: String?
        var testDescription: String { name }
    }

    private static func file(
        clusters: String = "", users: String = "", contexts: String = "", current: String? = nil
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters: [\(clusters)]
        users: [\(users)]
        contexts: [\(contexts)]
        \(current.map { "current-context: \($0)" } ?? "")
        """
    }

    private static func cluster(_ name: String, _ fields: String) -> String { "{name: \(name), cluster: {\(fields)}}" }
    private static func user(_ name: String, _ fields: String) -> String { "{name: \(name), user: {\(fields)}}" }
    private static func context(_ name: String, _ fields: String) -> String { "{name: \(name), context: {\(fields)}}" }

    static let cases = [
        Case(
            name: "one file",
            files: [
                "a": file(
                    clusters: cluster("c", "server: 'https://one:6443'"), users: user("u", "token: t"),
                    contexts: context("x", "cluster: c, user: u, namespace: space"), current: "x")
            ]),
        Case(
            name: "of two entries of one name the first file's wins, whole",
            files: [
                "a": file(
                    clusters: cluster("c", "server: 'https://one'"), users: user("u", "username: me"),
                    contexts: context("x", "cluster: c, user: u")),
                "b": file(
                    clusters: cluster("c", "server: 'https://two', tls-server-name: two"),
                    users: user("u", "token: t, password: p"),
                    contexts: context("x", "cluster: c, user: u, namespace: space"), current: "x"),
            ], list: "@/a:@/b"),
        Case(
            name: "the first current-context wins, and entries of all files count",
            files: [
                "a": file(clusters: cluster("c", "server: 'https://one'"), current: "x"),
                "b": file(users: user("u", "token: t"), contexts: context("z", "cluster: c"), current: "z"),
                "c": file(contexts: context("x", "cluster: c, user: u")),
            ], list: "@/a:@/b:@/c"),
        Case(
            name: "an empty current-context is none",
            files: [
                "a": file(current: "''"),
                "b": file(
                    clusters: cluster("c", "server: 'https://one'"), contexts: context("x", "cluster: c"), current: "x"),
            ], list: "@/a:@/b"),
        Case(
            name: "missing and empty files are left out",
            files: [
                "a": "",
                "b": file(
                    clusters: cluster("c", "server: 'https://one'"), contexts: context("x", "cluster: c"), current: "x"),
            ], list: "@/missing:@/a::@/b:"),
        Case(
            name: "relative paths start at their file's folder",
            files: [
                "sub/a": file(
                    clusters: cluster("c", "server: 'https://one', certificate-authority: pki/ca.pem"),
                    users: user("u", "client-certificate: ../c.pem, client-key: ./pki/k.pem, tokenFile: t"),
                    contexts: context("x", "cluster: c, user: u"), current: "x"),
                "sub/pki/ca.pem": "authority", "c.pem": "certificate", "sub/pki/k.pem": "key", "sub/t": "token",
            ], list: "@/sub/a"),
        Case(
            name: "a context that is chosen",
            files: [
                "a": file(
                    clusters: cluster("c", "server: 'https://one'") + "," + cluster("d", "server: 'https://two/base'"),
                    users: user("u", "token: t") + "," + user("v", "username: me, password: 'p#'"),
                    contexts: context("x", "cluster: c, user: u") + "," + context("z", "cluster: d, user: v"),
                    current: "x")
            ], context: "z"),
        Case(
            name: "a plugin",
            files: [
                "a": file(
                    clusters: cluster("c", "server: 'https://one', proxy-url: 'socks5://proxy:1080'"),
                    users: user(
                        "u",
                        """
                        exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/get, args: [a, 'b c'],
                        env: [{name: A, value: '1'}, {name: B, value: ''}], interactiveMode: Never,
                        provideClusterInfo: true, installHint: buy it}
                        """), contexts: context("x", "cluster: c, user: u"), current: "x")
            ]),
        Case(
            name: "impersonation",
            files: [
                "a": file(
                    clusters: cluster("c", "server: 'https://one', insecure-skip-tls-verify: true"),
                    users: user(
                        "u", "as: jane, as-uid: '7', as-groups: [dev, ops], as-user-extra: {scopes: [view, edit]}"),
                    contexts: context("x", "cluster: c, user: u"), current: "x")
            ]),
        Case(
            name: "JSON",
            files: [
                "a": """
                {"clusters": [{"name": "c", "cluster": {"server": "https://one"}}], "users": null,
                \t"contexts": [{"name": "x", "context": {"cluster": "c", "namespace": ""}}], "current-context": "x"}
                """
            ]),
    ]

    @Test(arguments: cases)
    func comesToWhatKubectlMakesOfIt(_ test: Case) async throws {
        try await Files.with(test.files) { files async throws in
            let environment = ["KUBECONFIG": test.list.replacing("@", with: files.folder)]
            let access = try Kubeconfig.load(path: nil, environment: environment).access(context: test.context)
            // kubectl shows these as they are written, and reads them from the file's folder.
            let folder = URL(filePath: environment["KUBECONFIG"] ?? "").deletingLastPathComponent().path
            let view = try Self.view(environment, context: test.context)
            let cluster = view.value("clusters")?.sequence?.first?["cluster"] ?? .null
            let user = view.value("users")?.sequence?.first?["user"] ?? .null

            #expect(access.context == view["current-context"]?.string)
            #expect(access.server == cluster["server"]?.string)
            #expect(access.namespace == view.value("contexts")?.sequence?.first?.value("context", "namespace")?.string)
            #expect(access.trust.authorities == Self.decoded(cluster["certificate-authority-data"]))
            #expect(access.trust.serverName == cluster["tls-server-name"]?.string)
            #expect(access.trust.isSkipped == (cluster["insecure-skip-tls-verify"]?.bool ?? false))
            #expect(access.proxy?.description == cluster["proxy-url"]?.string?.replacing("socks5:", with: "socks5h:"))
            #expect(access.clientCertificate?.certificate == Self.decoded(user["client-certificate-data"]))
            #expect(access.clientCertificate?.key.secret == Self.decoded(user["client-key-data"]))
            #expect(access.impersonation?.user == user["as"]?.string)
            #expect(access.impersonation?.uid == user["as-uid"]?.string)
            #expect(access.impersonation?.groups ?? [] == (user["as-groups"]?.sequence ?? []).compactMap(\.string))
            #expect(
                access.impersonation?.extra.first?.values ?? []
                    == (user.value("as-user-extra", "scopes")?.sequence ?? []).compactMap(\.string))
            switch access.credential {
            case .none: #expect(user["token"] == nil && user["username"] == nil && user["exec"] == nil)
            case .token(let token): #expect(token.secret == user["token"]?.string)
            case .tokenFile(let path, _):
                #expect(path == "\(folder)/\(user["tokenFile"]?.string ?? "")")
            case .basic(let name, let password):
                #expect(name == user["username"]?.string)
                #expect(password.secret == user["password"]?.string ?? "")
            case .plugin(let plugin):
                let exec = user["exec"] ?? .null
                #expect(plugin.apiVersion == exec["apiVersion"]?.string)
                #expect(plugin.arguments == exec["args"]?.sequence?.compactMap(\.string))
                #expect(plugin.environment.map(\.name) == exec["env"]?.sequence?.compactMap { $0["name"]?.string })
                #expect(plugin.installHint == exec["installHint"]?.string)
                #expect(plugin.providesClusterInformation == exec["provideClusterInfo"]?.bool)
                #expect(plugin.interactiveMode.rawValue == exec["interactiveMode"]?.string)
                #expect(plugin.program == "\(folder)/\(exec["command"]?.string ?? "")")
            case .minted: Issue.record("no kubeconfig mints tokens")
            }
        }
    }

    private static func view(_ environment: [String: String], context: String?) throws -> Node {
        let process = Process()
        process.executableURL = URL(filePath: try #require(kubectl, "there is no kubectl: run scripts/setup.sh once"))
        process.arguments = ["config", "view", "--minify", "--flatten", "--raw", "-o", "json"]
        if let context { process.arguments?.append("--context=\(context)") }
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        return try JSONParser.parse(Array(bytes), file: SourceFile("kubectl"))
    }

    private static func decoded(_ node: Node?) -> [UInt8]? {
        node?.string.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }

    @Test func dataGoesBeforeTheFile() async throws {
        let text = Self.file(
            clusters: Self.cluster(
                "c", "server: 'https://one', certificate-authority: missing, certificate-authority-data: aGk="),
            contexts: Self.context("x", "cluster: c"), current: "x")
        try await Files.with(["a": text]) { files async throws in
            let access = try Kubeconfig.load(path: files.path("a"), environment: [:]).access(context: nil)
            #expect(access.trust.authorities == Array("hi".utf8))
        }
    }

    @Test func theHomeFolderHasTheLastFileToLookFor() async throws {
        let text = Self.file(
            clusters: Self.cluster("c", "server: 'https://one'"), contexts: Self.context("x", "cluster: c"),
            current: "x")
        try await Files.with([".kube/config": text, "b": text.replacing("one", with: "two")]) { files async throws in
            func server(_ path: String?, _ list: String?) throws -> String {
                let environment = ["HOME": files.folder, "KUBECONFIG": list].compactMapValues(\.self)
                return try Kubeconfig.load(path: path, environment: environment).access(context: nil).server
            }
            #expect(try server(nil, nil) == "https://one")
            #expect(try server(nil, "") == "https://one")
            #expect(try server(nil, files.path("b")) == "https://two")
            #expect(try server(files.path(".kube/config"), files.path("b")) == "https://one")
        }
    }
}
