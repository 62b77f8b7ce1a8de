import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Testing

@testable import KubernetesProvider

/// Quotas that are written down, and what of a rollout they allow.
@Suite struct QuotaFitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var quota: String
        var used = "{}"
        var spec = ""
        var pod = Rollouts.pod("{cpu: 1, memory: 1Gi}", limits: "{cpu: 2, memory: 1Gi}")
        var replicas = 2
        var strategy = "{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"
        var running = 0
        var effect: Effect?
        var what: [String] = []
        var why = ""
        var fix = ""

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "room for all", quota: "{requests.cpu: 2, limits.cpu: 4, pods: 2, memory: 2Gi}"),
        Case(
            name: "requests", quota: "{requests.cpu: 1500m}",
            what: ["2 more pods exceed the namespace's quota of requests.cpu"],
            why: "ResourceQuota `quota`: 0 of 1500m used, 1 a pod: room for 1 more",
            fix: "ask for less, run fewer replicas, or have the quota raised"),
        Case(
            name: "the short form of requests", quota: "{memory: 3Gi}", used: "{memory: 2Gi}",
            what: ["2 more pods exceed the namespace's quota of memory"], why: "2Gi of 3Gi used, 1Gi a pod"),
        Case(
            name: "limits", quota: "{limits.cpu: 3}",
            what: ["2 more pods exceed the namespace's quota of limits.cpu"], why: "2 a pod: room for 1 more"),
        Case(name: "pods", quota: "{pods: 1}", what: ["2 more pods exceed the namespace's quota of pods"]),
        Case(
            name: "GPUs", quota: "{requests.nvidia.com/gpu: 1}", pod: Rollouts.pod("{}", limits: "{nvidia.com/gpu: 1}"),
            what: ["2 more pods exceed the namespace's quota of requests.nvidia.com/gpu"]),
        Case(name: "a GPU's quota does not ask for GPUs", quota: "{requests.nvidia.com/gpu: 0}"),
        Case(
            name: "limits that are asked for and missing", quota: "{limits.cpu: 100}",
            pod: Rollouts.pod("{cpu: 1}"), what: ["a pod without a limit of cpu may not be made here"],
            why: "ResourceQuota `quota` bounds limits.cpu", fix: "set resources.limits.cpu"),
        Case(
            name: "requests that are asked for and missing", quota: "{requests.memory: 100Gi}",
            pod: Rollouts.pod("{cpu: 1}"), what: ["a pod that does not ask for memory may not be made here"],
            fix: "set resources.memory"),
        Case(
            name: "no more pods, no more quota", quota: "{pods: 2}", used: "{pods: 2}", running: 2, effect: Effect.none),
        Case(
            name: "the surge counts", quota: "{pods: 2}", used: "{pods: 2}", running: 2, effect: .rolling,
            what: ["1 more pod exceeds the namespace's quota of pods"],
            fix: "set deployment.rollout.max_surge to 0 and max_unavailable to 1"),
        Case(
            name: "Recreate needs none", quota: "{pods: 2}", used: "{pods: 2}", strategy: "{type: Recreate}",
            running: 2,
            effect: .rolling),
        Case(
            name: "another priority's quota", quota: "{pods: 0}",
            spec: "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}"),
        Case(
            name: "this priority's quota", quota: "{pods: 0}",
            spec: "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}",
            pod: Rollouts.pod("{cpu: 1}", ", priorityClassName: high"),
            what: ["2 more pods exceed the namespace's quota of pods"]),
        Case(name: "the quota of jobs", quota: "{pods: 0}", spec: "scopes: [Terminating]"),
        Case(
            name: "the quota of what runs for ever", quota: "{pods: 0}",
            spec: "scopes: [NotTerminating, NotBestEffort]",
            what: ["2 more pods exceed the namespace's quota of pods"]),
        Case(name: "the quota of what asks for nothing", quota: "{pods: 0}", spec: "scopes: [BestEffort]"),
        Case(
            name: "the quota of what asks for nothing, asking for nothing", quota: "{pods: 0}",
            spec: "scopes: [BestEffort]",
            pod: Rollouts.pod("{}"), what: ["2 more pods exceed the namespace's quota of pods"]),
    ]

    private static func quota(_ hard: String, _ used: String, _ spec: String) throws -> QuotaFit {
        QuotaFit(
            try Rollouts.yaml(
                """
                metadata: {name: quota}
                spec: {\(spec)}
                status: {hard: \(hard), used: \(used)}
                """))
    }

    @Test(arguments: cases) func aQuotaAllowsOrNot(_ given: Case) throws {
        let rollout = try Rollouts.rollout(
            pod: given.pod, replicas: given.replicas, strategy: given.strategy, effect: given.effect,
            scales: given.effect == Effect.none, running: given.running)
        let problems = try Self.quota(given.quota, given.used, given.spec).problems(rollout, running: given.running)
        #expect(problems.map(\.what) == given.what)
        #expect(Rollouts.has(problems.first?.why, given.why), "\(problems)")
        #expect(Rollouts.has(problems.first?.fix, given.fix), "\(problems)")
        #expect(problems.allSatisfy { $0.location?.isKnown == true })
    }

    struct Objects: Sendable, CustomTestStringConvertible {
        let name: String
        let quota: String
        var used = "{}"
        var spec = ""
        var what: [String] = []
        var why = ""

        var testDescription: String { name }
    }

    static let objects: [Objects] = [
        Objects(name: "room for all", quota: "{services: 1, count/configmaps: 2, secrets: 1, requests.storage: 10Gi}"),
        Objects(
            name: "the configuration and the inventory", quota: "{configmaps: 1}",
            what: ["the namespace's quota of configmaps does not allow 2 more"],
            why: "ResourceQuota `quota`: 0 of 1 used; ConfigMap/test/demo-config is to be made"),
        Objects(
            name: "the release's Secret", quota: "{count/secrets: 3}", used: "{count/secrets: 3}",
            what: ["the namespace's quota of count/secrets does not allow 1 more"],
            why: "3 of 3 used; the tool keeps its records there"),
        Objects(
            name: "node ports", quota: "{services.nodeports: 0}",
            what: ["the namespace's quota of services.nodeports does not allow 1 more"]),
        Objects(
            name: "storage", quota: "{requests.storage: 15Gi}", used: "{requests.storage: 10Gi}",
            what: ["the namespace's quota of requests.storage does not allow 10Gi more"], why: "10Gi of 15Gi used"),
        Objects(
            name: "storage of a class", quota: "{fast.storageclass.storage.k8s.io/requests.storage: 5Gi}",
            what: [
                "the namespace's quota of fast.storageclass.storage.k8s.io/requests.storage does not allow 10Gi more"
            ]),
        Objects(name: "storage of another class", quota: "{slow.storageclass.storage.k8s.io/requests.storage: 5Gi}"),
        Objects(
            name: "a quota of some pods counts nothing else", quota: "{configmaps: 0}", spec: "scopes: [Terminating]"),
    ]

    @Test(arguments: objects) func objectsAreCountedTogether(_ given: Objects) throws {
        let manifests = try [
            ("configmaps", "{apiVersion: v1, kind: ConfigMap, metadata: {name: demo-config, namespace: test}}"),
            (
                "services",
                "{apiVersion: v1, kind: Service, metadata: {name: demo, namespace: test}, spec: {type: NodePort}}"
            ),
            (
                "persistentvolumeclaims",
                "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: demo-data, namespace: test},"
                    + " spec: {storageClassName: fast, resources: {requests: {storage: 10Gi}}}}"
            ),
        ].map { plural, text in
            let resource = try #require(Resource(manifest: try Rollouts.yaml(text)))
            return DesiredObject(
                resource,
                as: ResourceType(
                    group: "", version: "v1", kind: resource.identity.kind, plural: plural, isNamespaced: true))
        }
        let problems = try Self.quota(given.quota, given.used, given.spec).problems(
            creating: manifests, records: [.secret, .configMap])
        #expect(problems.map(\.what) == given.what)
        #expect(Rollouts.has(problems.first?.why, given.why), "\(problems)")
    }
}
