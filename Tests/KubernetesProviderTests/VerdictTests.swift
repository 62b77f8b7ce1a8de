import ControlPlane
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// Every cause of a failed rollout, produced on purpose: what is said of it, and at which line.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct VerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let layer: String
        /// The part of the layer that the verdict points at.
        let culprit: String
        /// What the verdict says.
        let message: String
        /// Words of the cluster that it quotes, in its reason or its notes.
        let quotes: [String]
        var code = Diagnostic.Code.doomed
        /// What stands in the namespace beforehand.
        var others: [Node] = []
        var labels: Node = [:]
        var timeout = 60

        var testDescription: String { name }
    }

    private static func image(_ tag: String) -> String { "deployment:\n  image: registry.example.com/demo:\(tag)\n" }

    static let cases = [
        Case(
            name: "image not found", layer: image("typo"), culprit: "registry",
            message: "there is no image `registry.example.com/demo:typo`", quotes: ["demo:typo: not found"]),
        Case(
            name: "image not found, with a name that says otherwise",
            layer: "deployment:\n  image: registry.example.com/denied-403:typo\n", culprit: "registry",
            message: "there is no image `registry.example.com/denied-403:typo`", quotes: ["typo: not found"]),
        Case(
            name: "pull denied", layer: image("denied"), culprit: "registry",
            message: "the image `registry.example.com/demo:denied` may not be pulled", quotes: ["pull access denied"]),
        Case(
            name: "crash loop", layer: image("crash"), culprit: "registry",
            message: "container `workload` ends again and again, with exit code 1", quotes: ["Traceback"]),
        Case(
            name: "out of memory", layer: image("oom") + "resources:\n  memory: 96Mi\n", culprit: "96Mi",
            message: "container `workload` needs more memory than its limit of 96Mi", quotes: []),
        Case(
            name: "bad command", layer: image("badcommand") + "workload:\n  command: [generate-all]\n",
            culprit: "[generate-all]", message: "container `workload` cannot be started",
            quotes: ["exec: \"generate-all\": executable file not found"]),
        Case(
            name: "missing Secret",
            layer: "deployment:\n  env:\n    - {name: TOKEN, secret: {name: credentials, key: token}}\n",
            culprit: "credentials", message: "container `workload` refers to something that is missing",
            quotes: ["secret \"credentials\" not found"]),
        Case(
            name: "missing key of a Secret",
            layer: "deployment:\n  env:\n    - {name: TOKEN, secret: {name: credentials, key: token}}\n",
            culprit: "token}", message: "container `workload` refers to something that is missing",
            quotes: ["couldn't find key token"],
            others: [["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "credentials"]]]),
        Case(
            name: "missing Secret of a volume", layer: "security:\n  secrets:\n    - {name: licence}\n",
            culprit: "licence", message: "a volume of the pod cannot be mounted",
            quotes: ["secret \"licence\" not found"]),
        Case(
            name: "failing readiness probe",
            layer: image("unready") + "health:\n  readiness:\n    path: /ready-or-not\n", culprit: "/ready-or-not",
            message: "not ready in time: container `workload` runs and does not become ready",
            quotes: ["Readiness probe failed: HTTP probe failed with statuscode: 503"], code: .timedOut, timeout: 20),
        Case(
            name: "too much cpu", layer: "resources:\n  cpu: 64\n", culprit: "64",
            message: "there is no node for the pod", quotes: ["0/4 nodes are available", "Insufficient cpu"]),
        Case(
            name: "too many GPUs",
            layer: "scheduling: {gpu_node_label: null}\nresources:\n  gpu: {type: t4, count: 16, memory: 16Gi}\n",
            culprit: "16, ", message: "there is no node for the pod", quotes: ["Insufficient nvidia.com/gpu"]),
        Case(
            name: "node selector", layer: "scheduling:\n  node_selector: {disk: holographic}\n",
            culprit: "holographic", message: "there is no node for the pod",
            quotes: ["node(s) didn't match"]),
        Case(
            name: "unknown StorageClass",
            layer: "storage: {enabled: true, storage_class: holographic, size: 1Gi, access_mode: ReadWriteOnce}\n",
            culprit: "holographic", message: "there is no volume for the pod's claim",
            quotes: ["holographic\" not found", "unbound immediate PersistentVolumeClaims"]),
        Case(
            name: "quota exceeded", layer: "resources:\n  memory: 96Mi\n", culprit: "96Mi",
            message: "no pod may be made", quotes: ["exceeded quota: small", "requests.memory=96Mi"],
            others: [
                [
                    "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "small"],
                    "spec": ["hard": ["requests.memory": "80Mi"]],
                ]
            ]),
        Case(
            name: "limit range", layer: "resources:\n  memory: 96Mi\n", culprit: "96Mi",
            message: "no pod may be made", quotes: ["maximum memory usage per Container is 80Mi"],
            others: [
                [
                    "apiVersion": "v1", "kind": "LimitRange", "metadata": ["name": "small"],
                    "spec": ["limits": [["type": "Container", "max": ["memory": "80Mi"]]]],
                ]
            ]),
    ]

    @Test(arguments: cases)
    func namesTheCauseAndTheLineBehindIt(of each: Case) async throws {
        try await TestNamespace.with(labels: each.labels) { namespace in
            try await namespace.make(each.others)
            let layers = Layers(each.layer)
            let problem = try await namespace.verdict(on: layers.release(namespace), timeout: each.timeout)
            #expect(problem.code == each.code)
            #expect(problem.what == each.message)
            let place = try layers.place(of: each.culprit)
            #expect(problem.location?.short == place)
            let said = ([problem.why ?? ""] + problem.notes.map(\.message)).joined(separator: "\n")
            for quote in each.quotes { #expect(said.contains(quote)) }
            #expect(problem.fix != nil)
        }
    }

    @Test func namesTheInitContainerThatFails() async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace) { resources in
                let index = try #require(resources.firstIndex { $0.identity.kind == "Deployment" })
                let initial = try YAMLParser.parseOne(
                    """
                    - name: migrate
                      image: registry.example.com/demo:initcrash
                    """, file: SourceFile("template.yaml"))
                resources[index].manifest.merge(["spec": ["template": ["spec": ["initContainers": initial]]]])
            }
            let problem = try await namespace.verdict(on: release)
            #expect(problem.code == .doomed)
            #expect(problem.what == "init container `migrate` ends again and again, with exit code 1")
            #expect(problem.location?.description == "template.yaml:2:10")
            #expect(problem.notes.first?.message.contains("Traceback") == true)
        }
    }

    @Test func namesTheWebhookThatDeniesAnObject() async throws {
        try await TestNamespace.with(labels: ["played.example/policy": "enforced"]) { namespace in
            let layers = Layers("deployment:\n  annotations: {played.example/deny: no owner is named}\n")
            let problem = try await namespace.problem(of: layers.release(namespace))
            #expect(problem.code.name == "kubernetes.admission-denied")
            #expect(problem.code.outcome == .failed)
            #expect(problem.why?.contains("no owner is named") == true)
            // It was asked before anything was written.
            #expect(try await namespace.history() == "")
        }
    }

    @Test func namesTheWebhookThatDeniesAPod() async throws {
        try await TestNamespace.with { namespace in
            let layers = Layers("deployment:\n  annotations: {played.example/deny: no owner is named}\n")
            let release = try layers.release(namespace)
            try await namespace.deploy(release)
            // The policy comes later, and a pod goes.
            var policy = try #require(try await namespace.api.get(.namespace, namespace: nil, name: namespace.name))
            policy.merge(["metadata": ["labels": ["played.example/policy": "enforced"]]])
            _ = try await namespace.api.replace(.namespace, policy)
            // One more may come before the policy is known to who admits pods.
            try await eventually {
                let pods = try await namespace.api.list(Selection(.pod, namespace: namespace.name)).items
                for pod in pods {
                    _ = try await namespace.api.delete(
                        .pod, namespace: namespace.name, name: pod.objectName, uid: pod.objectUID)
                }
                let sets = try await namespace.api.list(Selection(.replicaSet, namespace: namespace.name)).items
                return pods.isEmpty && sets.contains { JSONEmitter.emit($0).contains("no owner is named") }
            }
            let problem = try await namespace.verdict(on: release, applies: false)
            #expect(problem.code == .doomed)
            #expect(problem.what == "no pod may be made")
            #expect(problem.why?.contains("no owner is named") == true)
        }
    }

    @Test func namesTheProbeThatEndsAContainer() async throws {
        try await TestNamespace.with { namespace in
            let layers = Layers(
                "deployment:\n  image: registry.example.com/demo:liveness\nhealth:\n  liveness: {path: /alive, period: 5s}\n"
            )
            // At first it is ready, for a moment that a busy machine may miss: a probe fails later.
            let release = try layers.release(namespace)
            _ = try? await namespace.deploy(release)
            var found: Diagnostic?
            try await eventually(within: .seconds(180)) {
                found = try? await namespace.problem(of: release)
                return found?.code == .doomed
            }
            let problem = try #require(found)
            #expect(problem.code == .doomed)
            #expect(problem.what == "container `workload` is ended again and again: its liveness probe fails")
            #expect(problem.why == "Liveness probe failed: HTTP probe failed with statuscode: 503")
            let place = try layers.place(of: "/alive")
            #expect(problem.location?.short == place)
        }
    }
}
