import Diagnostics
import Documents
import ServiceModel
import Testing

@testable import KubernetesProvider

/// Rollouts that are rehearsed on nodes which are written down.
@Suite struct NodeFitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Arguments of `Rollouts.node`.
        var nodes: [(capacity: String, labels: String, spec: String, isReady: Bool)] = [small, small]
        var pod = Rollouts.pod("{cpu: 2, memory: 2Gi}")
        var replicas = 1
        var strategy = "{}"
        /// Of what runs already: the number of the node of each pod.
        var running: [Int] = []
        var runningPod: String?
        /// Nil means that the service is new; `.none` that it is scaled.
        var effect: Effect?
        /// What is said; nil where everything fits.
        var what: String?
        var why = ""
        var fix = ""

        var testDescription: String { name }
    }

    private typealias Written = (capacity: String, labels: String, spec: String, isReady: Bool)

    private static let small = (capacity: "cpu: 4, memory: 8Gi, pods: 110", labels: "", spec: "", isReady: true)

    private static func node(
        _ capacity: String = small.capacity, labels: String = "", spec: String = "", isReady: Bool = true
    ) -> Written { (capacity, labels, spec, isReady) }

    private static let gpu = node(
        "cpu: 8, memory: 32Gi, pods: 110, nvidia.com/gpu: 4", labels: "gpu: t4",
        spec: "taints: [{key: nvidia.com/gpu, value: present, effect: NoSchedule}]")
    private static let gpuPod = "limits: {nvidia.com/gpu: 1}"
    private static let tolerates = ", tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]"

    private static func affinity(_ term: String) -> String {
        ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [\(term)]}}}"
    }

    static let cases: [Case] = [
        // Resources.
        Case(name: "all replicas fit", replicas: 4),
        Case(
            name: "one too many", replicas: 5, what: "replica 5 of 5 finds no node",
            why: "of 2 nodes, 2 have too little cpu: 2 asked for, at most 0 free",
            fix: "add a node, or run fewer replicas"),
        Case(
            name: "too large for any node", pod: Rollouts.pod("{cpu: 6}"), what: "replica 1 of 1 finds no node",
            why: "2 have too little cpu: 6 asked for, at most 4 free",
            fix: "set resources.cpu to at most 4, run fewer replicas, or add a node"),
        Case(
            name: "memory", nodes: [small], pod: Rollouts.pod("{cpu: 1, memory: 5Gi}"), replicas: 2,
            what: "replica 2 of 2 finds no node", why: "1 has too little memory: 5Gi asked for, at most 3Gi free",
            fix: "set resources.memory to at most 3Gi"),
        Case(
            name: "a limit alone is asked for", pod: Rollouts.pod("{}", limits: "{cpu: 6}"),
            what: "replica 1 of 1 finds no node", why: "too little cpu: 6 asked for"),
        Case(
            name: "the largest init container counts",
            pod: "{initContainers: [{resources: {limits: {cpu: 6}}}], containers: [{resources: {requests: {cpu: 1}}}]}",
            what: "replica 1 of 1 finds no node", why: "cpu: 6 asked for"),
        Case(
            name: "init containers run before the others",
            pod: "{initContainers: [{resources: {limits: {cpu: 3}}}], containers: [{resources: {requests: {cpu: 3}}}]}"
        ),
        Case(
            name: "an init container that stays counts beside the others",
            pod: "{initContainers: [{restartPolicy: Always, resources: {requests: {cpu: 2}}}],"
                + " containers: [{resources: {requests: {cpu: 3}}}]}",
            what: "replica 1 of 1 finds no node", why: "cpu: 5 asked for"),
        Case(
            name: "overhead of the runtime counts", pod: Rollouts.pod("{cpu: 4}", ", overhead: {cpu: 250m}"),
            what: "replica 1 of 1 finds no node", why: "cpu: 4250m asked for"),
        Case(
            name: "as many pods as a node may have", nodes: [node("cpu: 4, memory: 8Gi, pods: 1")],
            pod: Rollouts.pod("{cpu: 1}"), replicas: 2, what: "replica 2 of 2 finds no node",
            why: "1 is full: no further pod may run there", fix: "add a node, or run fewer replicas"),
        Case(
            name: "others have taken the room", nodes: [small], pod: Rollouts.pod("{cpu: 3}"), running: [0],
            runningPod: Rollouts.pod("{cpu: 2}"), what: "replica 1 of 1 finds no node", why: "at most 2 free"),
        Case(name: "no nodes", nodes: [], what: "replica 1 of 1 finds no node", why: "the cluster has no nodes"),
        // GPUs.
        Case(
            name: "a GPU that a node has", nodes: [small, gpu],
            pod: Rollouts.pod("{cpu: 1}", limits: "{nvidia.com/gpu: 4}", tolerates)),
        Case(
            name: "more GPUs than are left", nodes: [small, gpu],
            pod: Rollouts.pod("{cpu: 1}", limits: "{nvidia.com/gpu: 3}", tolerates), replicas: 2,
            what: "replica 2 of 2 finds no node",
            why: "too little nvidia.com/gpu: 3 asked for, at most 1 free",
            fix: "set resources.gpu.count to at most 1"),
        Case(
            name: "the taint of the GPU's node", nodes: [gpu],
            pod: Rollouts.pod("{cpu: 1}", limits: "{nvidia.com/gpu: 1}"), what: "replica 1 of 1 finds no node",
            why: "1 has the taint nvidia.com/gpu, which is not tolerated",
            fix: "tolerate nvidia.com/gpu in scheduling.tolerations, or add nodes without it"),
        Case(
            name: "another model of GPU", nodes: [small, gpu],
            pod: Rollouts.pod("{cpu: 1}", limits: "{nvidia.com/gpu: 1}", "\(tolerates), nodeSelector: {gpu: a100}"),
            what: "replica 1 of 1 finds no node", why: "2 lack the label gpu=a100", fix: "nodes have gpu `t4`"),
        // What chooses nodes.
        Case(
            name: "a label that no node has", pod: Rollouts.pod("{}", ", nodeSelector: {disk: ssd}"),
            what: "replica 1 of 1 finds no node", why: "2 lack the label disk=ssd",
            fix: "label nodes with disk=ssd, or change what chooses the node"),
        Case(
            name: "a label that one node has", nodes: [small, node(labels: "disk: ssd")],
            pod: Rollouts.pod("{cpu: 2}", ", nodeSelector: {disk: ssd}"), replicas: 3,
            what: "replica 3 of 3 finds no node", why: "1 lacks the label disk=ssd"),
        Case(
            name: "a toleration of the wrong value",
            nodes: [node(spec: "taints: [{key: team, value: red, effect: NoSchedule}]")],
            pod: Rollouts.pod("{}", ", tolerations: [{key: team, operator: Equal, value: blue, effect: NoSchedule}]"),
            what: "replica 1 of 1 finds no node", why: "the taint team"),
        Case(
            name: "a toleration of the value",
            nodes: [node(spec: "taints: [{key: team, value: red, effect: NoExecute}]")],
            pod: Rollouts.pod("{}", ", tolerations: [{key: team, value: red}]")),
        Case(
            name: "a toleration of everything", nodes: [node(spec: "taints: [{key: any, effect: NoExecute}]")],
            pod: Rollouts.pod("{}", ", tolerations: [{operator: Exists}]")),
        Case(
            name: "a taint that is only a wish", nodes: [node(spec: "taints: [{key: any, effect: PreferNoSchedule}]")]),
        Case(
            name: "cordoned and not ready nodes", nodes: [node(spec: "unschedulable: true"), node(isReady: false)],
            what: "replica 1 of 1 finds no node", why: "of 2 nodes, 1 is not ready, 1 is cordoned",
            fix: "`kubectl uncordon` the nodes, or add some"),
        Case(
            name: "a node affinity that one node matches",
            nodes: [node(labels: "zone: a"), node(labels: "zone: b, cores: '16'")],
            pod: Rollouts.pod(
                "{cpu: 3}",
                affinity(
                    "{matchExpressions: [{key: zone, operator: In, values: [b, c]}, {key: cores, operator: Gt, values: ['8']}]}"
                )),
            replicas: 2, what: "replica 2 of 2 finds no node",
            why: "1 does not match the node affinity"),
        Case(
            name: "a node affinity of two terms", nodes: [node(labels: "zone: a"), node(labels: "zone: b")],
            pod: Rollouts.pod(
                "{cpu: 3}",
                affinity(
                    "{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}, {matchFields: [{key: metadata.name, operator: In, values: [node0]}]}"
                )),
            replicas: 2),
        Case(
            name: "a node affinity without requirements", pod: Rollouts.pod("{}", affinity("{}")),
            what: "replica 1 of 1 finds no node", why: "2 do not match the node affinity",
            fix: "change what chooses the node"),
        // Rollouts.
        Case(
            name: "the surge fits", replicas: 2, strategy: "{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
            running: [0, 1], effect: .rolling),
        Case(
            name: "the surge does not fit", nodes: [small], replicas: 2,
            strategy: "{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", running: [0, 0], effect: .rolling,
            what: "replica 1 of 2 finds no node", why: "1 has too little cpu",
            fix: "set deployment.rollout.max_surge to 0 and max_unavailable to 1"),
        Case(
            name: "old replicas make room", nodes: [small], replicas: 2,
            strategy: "{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", running: [0, 0], effect: .rolling),
        Case(
            name: "neither surge nor anything missing is as one missing", nodes: [small], replicas: 2,
            strategy: "{rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}", running: [0, 0], effect: .rolling),
        Case(
            name: "a surge in percent is rounded up", nodes: [small], replicas: 2,
            strategy: "{rollingUpdate: {maxSurge: 1%, maxUnavailable: 0}}", running: [0, 0], effect: .rolling,
            what: "replica 1 of 2 finds no node"),
        Case(
            name: "missing ones in percent are rounded down", nodes: [small], replicas: 2,
            strategy: "{rollingUpdate: {maxSurge: 1, maxUnavailable: 49%}}", running: [0, 0], effect: .rolling,
            what: "replica 1 of 2 finds no node"),
        Case(
            name: "Recreate needs no room beside the old", nodes: [small], pod: Rollouts.pod("{cpu: 4}"),
            strategy: "{type: Recreate}", running: [0], effect: .rolling),
        Case(
            name: "Recreate of what has grown too large", nodes: [small], pod: Rollouts.pod("{cpu: 5}"),
            strategy: "{type: Recreate}", running: [0], runningPod: Rollouts.pod("{cpu: 4}"), effect: .rolling,
            what: "replica 1 of 1 finds no node", why: "5 asked for, at most 4 free"),
        Case(
            name: "a smaller version finds more room", nodes: [small], pod: Rollouts.pod("{cpu: 1}"), replicas: 4,
            strategy: "{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", running: [0, 0], effect: .rolling),
        // Scaling.
        Case(name: "more replicas beside those that run", replicas: 4, running: [0, 1], effect: Effect.none),
        Case(
            name: "one more than there is room for", replicas: 5, running: [0, 1], effect: Effect.none,
            what: "replica 5 of 5 finds no node"),
        Case(name: "fewer replicas need no room", nodes: [small], replicas: 1, running: [0, 0], effect: Effect.none),
    ]

    @Test(arguments: cases) func aRolloutFitsOrNot(_ given: Case) throws {
        let nodes = try given.nodes.enumerated().map { index, node in
            try Rollouts.node(
                "node\(index)", node.capacity, labels: node.labels, spec: node.spec, isReady: node.isReady)
        }
        let shape = try Rollouts.shape(given.runningPod ?? given.pod)
        var fit = NodeFit(nodes)
        for node in given.running { fit.occupy("node\(node)", shape) }
        let isOwn = given.effect != nil
        let running: [NodeFit.Running] = isOwn ? given.running.map { ("node\($0)", shape) } : []
        let rollout = try Rollouts.rollout(
            pod: given.pod, replicas: given.replicas, strategy: given.strategy, effect: given.effect,
            scales: given.effect == Effect.none, running: running.count)
        let problem = NodeRehearsal(fit: fit, running: running).problem(rollout, isWarning: false)
        #expect(problem?.what == given.what, "\(String(describing: problem))")
        #expect(Rollouts.has(problem?.why, given.why), "\(String(describing: problem))")
        #expect(Rollouts.has(problem?.fix, given.fix), "\(String(describing: problem))")
    }

    @Test func whereNodesAreAddedItIsAWarning() throws {
        let rollout = try Rollouts.rollout(pod: Rollouts.pod("{cpu: 64}"))
        let problem = try #require(
            NodeRehearsal(fit: NodeFit([try Rollouts.node("one")]), running: []).problem(rollout, isWarning: true))
        #expect(problem.severity == .warning)
        #expect(problem.fix == "the cluster adds nodes by itself, where its limits allow")
    }

    @Test func theProblemIsToldAtTheLineOfWhatIsShort() throws {
        let rollout = try Rollouts.rollout(pod: Rollouts.pod("{cpu: 64}"))
        let problem = NodeRehearsal(fit: NodeFit([try Rollouts.node("one")]), running: []).problem(
            rollout, isWarning: false)
        #expect(
            problem?.location
                == rollout.workload.manifest[
                    try NodePath(parsing: "spec.template.spec.containers[0].resources.requests.cpu")]?.location)
        #expect(problem?.location?.isKnown == true)
    }
}
