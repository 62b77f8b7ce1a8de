import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Looks whether quotas allow the pods of a rollout and whether nodes have room for them.
struct CapacityCheck: Sendable {
    let cluster: Cluster
    let service: ServiceIdentity

    func problems(_ objects: [DesiredObject], _ changes: [Change]) async throws -> [Diagnostic] {
        guard let workload = objects.first(where: { $0.identity.kind == "Deployment" }) else { return [] }
        let rollout = PlannedRollout(workload, objects, changes)
        guard rollout.replicas > 0, rollout.makesPods else { return [] }
        async let quotas = quotaProblems(rollout)
        async let nodes = nodeProblems(rollout)
        return try await quotas + nodes
    }

    // MARK: Quotas

    private func quotaProblems(_ rollout: PlannedRollout) async throws -> [Diagnostic] {
        let selection = Selection(.resourceQuota, namespace: service.namespace)
        let quotas = try await once("quotas \(service.namespace)") {
            try await Preflight.looking { try await cluster.api.list(selection).items } ?? []
        }
        if quotas.isEmpty { return [] }
        let running = try await runningPods() ?? []
        return quotas.filter { $0.value("spec", "scopes") == nil && $0.value("spec", "scopeSelector") == nil }
            .flatMap { QuotaFit($0).problems(rollout, running: running.count) }
    }

    private func runningPods() async throws -> [(node: String, shape: PodShape)]? {
        let selection = Selection(.pod, namespace: service.namespace, labels: PodLogs.selector(of: service))
        return try await Preflight.looking {
            try await cluster.api.list(selection) { pod -> (node: String, shape: PodShape)? in
                guard !pod.isTerminating, !Self.hasEnded(pod) else { return nil }
                return (pod.value("spec", "nodeName")?.string ?? "", PodShape(pod["spec"] ?? .null))
            }.items
        }
    }

    private static func hasEnded(_ pod: Node) -> Bool {
        ["Succeeded", "Failed"].contains(pod.value("status", "phase")?.string)
    }

    // MARK: Nodes

    private func nodeProblems(_ rollout: PlannedRollout) async throws -> [Diagnostic] {
        let found = try await once("room") { try await room() }
        guard let (fit, grows) = found ?? nil else { return [] }
        let old = try await runningPods() ?? []
        var rehearsal = fit
        let placed: Int
        if let look = cluster.look {
            (placed, rehearsal) = await look.rehearse(rollout, in: fit, replacing: old)
        } else {
            placed = rehearsal.roll(rollout.shape, rollout.strategy, replacing: old)
        }
        guard placed < rollout.replicas else { return [] }
        return [NodeFitReport(rollout, fit: rehearsal).problem(placed: placed, isWarning: grows)]
    }

    /// What is the same for all services of a fleet, asked once for it.
    private func once<Value: Sendable>(
        _ question: String, _ answer: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if let look = cluster.look { return try await look.once(question, answer) }
        return try await answer()
    }

    /// The nodes with what is left on them, and whether more come when they are needed; nil where the user may not look.
    private func room() async throws -> (NodeFit, Bool)?? {
        try await Preflight.looking { () -> (NodeFit, Bool)? in
            async let nodes = cluster.api.list(Selection(.node, namespace: nil)) { NodeFit.Place($0) }.items
            async let pods = cluster.api.list(Selection(.pod, namespace: nil)) { pod -> (String, PodShape)? in
                guard let node = pod.value("spec", "nodeName")?.string, !Self.hasEnded(pod) else { return nil }
                return (node, PodShape(pod["spec"] ?? .null))
            }.items
            var fit = NodeFit(try await nodes)
            for (node, shape) in try await pods { fit.occupy(node, shape) }
            return (fit, try await growsByItself())
        }
    }

    /// Whether something adds nodes when pods find none.
    private func growsByItself() async throws -> Bool {
        if try await cluster.discovery.types().types.contains(where: { $0.group == "karpenter.sh" }) { return true }
        let status = try await Preflight.looking {
            try await cluster.api.get(.configMap, namespace: "kube-system", name: "cluster-autoscaler-status")
        }
        return (status ?? nil) != nil
    }
}

/// What the plan makes of a workload's pods.
struct PlannedRollout: Sendable {
    let workload: DesiredObject
    let shape: PodShape
    let replicas: Int
    let strategy: NodeFit.Strategy
    /// Whether pods are made: for a new workload, a new template or more replicas.
    let makesPods: Bool
    /// Whether those that run are replaced.
    let replacesPods: Bool

    init(_ workload: DesiredObject, _ objects: [DesiredObject], _ changes: [Change]) {
        self.workload = workload
        let spec = workload.manifest["spec"]
        shape = PodShape(spec?.value("template", "spec") ?? .null)
        let autoscaler = objects.first { $0.identity.kind == "HorizontalPodAutoscaler" }
        replicas = spec?["replicas"]?.integer ?? autoscaler?.manifest.value("spec", "minReplicas")?.integer ?? 1
        let rolling = spec?.value("strategy", "rollingUpdate")
        let isRecreated = spec?.value("strategy", "type")?.string == "Recreate"
        strategy = NodeFit.Strategy(
            replicas: replicas,
            surge: isRecreated ? 0 : Self.count(rolling?["maxSurge"], of: replicas, roundsUp: true),
            unavailable: isRecreated ? replicas : Self.count(rolling?["maxUnavailable"], of: replicas, roundsUp: false))
        let change = changes.first { $0.resource.isSameObject(workload.identity) }
        replacesPods = change?.effect == .rolling || change?.action == .replace
        let scales =
            change?.fields.contains { $0.path == AutoscalerHandover.path } == true
            || changes.contains { $0.resource.kind == "HorizontalPodAutoscaler" && $0.action != .unchanged }
        makesPods = replacesPods || change?.action == .create || scales
    }

    /// A number, or a part of the replicas: `25%` where nothing is said.
    private static func count(_ value: Node?, of replicas: Int, roundsUp: Bool) -> Int {
        if let number = value?.integer { return number }
        let percent = value?.string.flatMap { Int($0.dropLast()) } ?? 25
        return roundsUp ? (replicas * percent + 99) / 100 : replicas * percent / 100
    }

    /// The line that configures how much of a resource a pod asks for.
    func location(of resource: String) -> SourceLocation {
        let container = NodePath(keys: ["spec", "template", "spec", "containers"]).appending(0).appending("resources")
        for part in ["requests", "limits"] {
            if let node = workload.manifest[container.appending(part).appending(resource)] { return node.location }
        }
        return LiveComparison.location(of: container, in: workload.manifest)
    }
}

extension ResourceType {
    fileprivate static let resourceQuota = ResourceType(
        group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas", isNamespaced: true)
}
