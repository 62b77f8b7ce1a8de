import Diagnostics
import Testing

@testable import KubernetesClient

/// Which cluster is meant: by flags, by files, or by where the process runs.
@Suite struct AccessChoiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var path: String?
        var context: String?
        /// Variables beside those of a pod; `FILE` is a kubeconfig of two contexts, `one` being the current one.
        var environment: [String: String] = [:]
        var isInPod = true
        /// The context that is found, or what is said.
        let finds: String

        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "nothing but the pod", finds: "in-cluster"),
        Case(name: "a file that is not there", environment: ["KUBECONFIG": "/no/such/file"], finds: "in-cluster"),
        Case(name: "no pod, and no file", isInPod: false, finds: "kubernetes.no-context"),
        Case(name: "a file of the environment", environment: ["KUBECONFIG": "FILE"], finds: "one"),
        Case(name: "a file of the flag", path: "FILE", finds: "one"),
        Case(name: "a context of the flag", context: "two", environment: ["KUBECONFIG": "FILE"], finds: "two"),
        // Who names a context does not mean the pod's own cluster.
        Case(name: "a context, and no file", context: "two", finds: "kubernetes.no-context"),
        Case(name: "an empty file of the flag", path: "EMPTY", finds: "kubernetes.no-context"),
    ])
    func followsWhatWasSaid(given: Case) async throws {
        let config = """
            current-context: one
            clusters: [{name: a, cluster: {server: 'https://a'}}, {name: b, cluster: {server: 'https://b'}}]
            users: [{name: u, user: {token: t}}]
            contexts: [{name: one, context: {cluster: a, user: u}}, {name: two, context: {cluster: b, user: u}}]
            """
        let files = ["config": config, "empty": "{}\n", "token": "t", "ca.crt": "authority", "namespace": "mine"]
        try await Files.with(files) { files async throws in
            func placed(_ text: String) -> String {
                text == "FILE" ? files.path("config") : text == "EMPTY" ? files.path("empty") : text
            }
            var environment = given.environment.mapValues(placed)
            if given.isInPod {
                environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1"
                environment["KUBERNETES_SERVICE_PORT"] = "443"
            }
            var found = ""
            let problems = await diagnostics {
                found = try ClusterAccess.find(
                    kubeconfig: given.path.map(placed), context: given.context, environment: environment,
                    mount: files.folder
                ).context
            }
            #expect(found == given.finds || problems.first?.code.name == given.finds, "\(found) \(problems)")
        }
    }
}
