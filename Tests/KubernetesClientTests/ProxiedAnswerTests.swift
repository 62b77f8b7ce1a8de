import Diagnostics
import HTTPTransport
import Testing

@testable import KubernetesClient

/// Who it is that does not know a user: the server, or somebody behind it.
@Suite struct ProxiedAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let path: String
        var body = "log in first"
        let isRefusal: Bool

        var testDescription: String { name }
    }

    private static let status = #"{"kind": "Status", "code": 401, "reason": "Unauthorized"}"#

    static let cases = [
        Case(name: "the server", path: "/api/v1/namespaces/x/pods", isRefusal: true),
        Case(name: "an object named proxy", path: "/api/v1/namespaces/x/pods/proxy", isRefusal: true),
        Case(name: "a pod", path: "/api/v1/namespaces/x/pods/a:8080/proxy/metrics", isRefusal: false),
        Case(name: "a Service", path: "/api/v1/namespaces/x/services/http:a:9090/proxy/api/v1/query", isRefusal: false),
        Case(name: "below a path", path: "/k8s/clusters/c/api/v1/namespaces/x/pods/a:1/proxy/m", isRefusal: false),
        Case(
            name: "the server on the way", path: "/api/v1/namespaces/x/pods/a:8080/proxy/metrics", body: status,
            isRefusal: true),
    ]

    @Test(arguments: cases) func onlyTheServersRefusalIsAboutTheCredential(_ test: Case) async throws {
        try await Files.with { files async throws in
            let text = """
                {current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}],
                clusters: [{name: c, cluster: {server: "https://a"}}], users: [{name: u, user: {token: hush}}]}
                """
            try files.write("config", text)
            let access = try Kubeconfig.load(path: files.path("config"), environment: [:]).access(context: nil)
            let server = FakeServer { _ throws(HTTPError) in
                HTTPResponse(status: 401, headers: [:], body: Array(test.body.utf8))
            }
            let transport = LocatingTransport(server, places: try #require(access.places))
            let found = await diagnostics {
                try await transport.send(HTTPRequest(.get, HTTPURL(host: "a", path: test.path)))
            }
            #expect(found.map(\.code.name) == (test.isRefusal ? ["kubernetes.unauthorized"] : []))
        }
    }
}
