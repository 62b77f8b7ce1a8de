import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Looks whether quotas and limits allow what is to be made, and whether nodes have room for it.
struct CapacityCheck: Sendable {
    let cluster: Cluster
    let service: ServiceIdentity
    let looksAtNodes: Bool

    func problems(_ objects: [DesiredObject], _ changes: [Change]) async throws -> [Diagnostic] {
        let created = objects.filter { object in
            changes.contains { $0.action == .create && $0.resource.isSameObject(object.identity) }
        }
        let workload = objects.first { $0.identity.kind == "Deployment" }
        let makesPods = workload.map { PlannedRollout($0, objects, changes).makesPods } ?? false
        guard makesPods || !created.isEmpty else { return [] }
        async let quotas = listed(.resourceQuota)
        async let ranges = listed(.limitRange)
        async let pods = makesPods ? runningPods() : []
        let fits = try await quotas.map(QuotaFit.init)
        var problems = fits.flatMap {
            $0.problems(creating: created, records: records(objects, created, makesPods: makesPods))
        }
        guard let workload, makesPods else { return problems }
        let (limits, running) = (LimitRanges(try await ranges), try await pods)
        let rollout = PlannedRollout(workload, objects, changes, running: running.count, filled: limits.filled)
        guard rollout.replicas > 0 else { return problems }
        problems += limits.problems(rollout)
        problems += fits.flatMap { $0.problems(rollout, running: running.count) }
        return looksAtNodes ? try await problems + nodeProblems(rollout, running) : problems
    }

    private func listed(_ type: ResourceType) async throws -> [Node] {
        let selection = Selection(type, namespace: service.namespace)
        return try await cluster.once("\(type.kind) of \(service.namespace)", changes: true) {
            try await Preflight.looking { try await cluster.api.list(selection).items } ?? []
        }
    }

    /// A release is kept as one more Secret; what is new gets an inventory, too, and each template a ReplicaSet.
    private func records(
        _ objects: [DesiredObject], _ created: [DesiredObject], makesPods: Bool
    ) -> [ResourceType] {
        let own = objects.filter { $0.identity.namespace != nil }
        return [.secret] + (created.count >= own.count ? [.configMap] : []) + (makesPods ? [.replicaSet] : [])
    }

    private func runningPods() async throws -> [NodeFit.Running] {
        // Of a fleet all at once: a list for each service would go through all pods of the namespace each time.
        let labels = cluster.look == nil ? PodLogs.selector(of: service) : ServiceObserver.ours
        let selection = Selection(.pod, namespace: service.namespace, labels: labels)
        let running = try await cluster.once("pods of \(service.namespace)", changes: true) {
            try await Preflight.looking {
                try await cluster.api.list(selection) { pod -> (ServiceIdentity?, NodeFit.Running)? in
                    guard !pod.isTerminating, !Self.hasEnded(pod) else { return nil }
                    return (
                        ServiceObserver.identity(of: pod),
                        (pod.value("spec", "nodeName")?.string ?? "", PodShape(pod["spec"] ?? .null))
                    )
                }.items
            } ?? []
        }
        return running.filter { $0.0 == service }.map(\.1)
    }

    private static func hasEnded(_ pod: Node) -> Bool {
        ["Succeeded", "Failed"].contains(pod.value("status", "phase")?.string)
    }

    // MARK: Nodes

    private func nodeProblems(_ rollout: PlannedRollout, _ running: [NodeFit.Running]) async throws -> [Diagnostic] {
        let found = try await cluster.once("room", changes: true) { try await room() }
        guard let (fit, grows) = found ?? nil else { return [] }
        let rehearsal = NodeRehearsal(fit: fit, running: running)
        if let look = cluster.look {
            return look.problem(rollout, rehearsal, isWarning: grows).map { [$0] } ?? []
        }
        return rehearsal.problem(rollout, isWarning: grows).map { [$0] } ?? []
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

extension ResourceType {
    fileprivate static let resourceQuota = ResourceType(
        group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas", isNamespaced: true)
    fileprivate static let limitRange = ResourceType(
        group: "", version: "v1", kind: "LimitRange", plural: "limitranges", isNamespaced: true)
}
