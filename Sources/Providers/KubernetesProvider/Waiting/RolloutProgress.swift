import Documents
import KubernetesClient

/// How far a rollout is, in one line.
struct RolloutProgress: Sendable {
    let ready: Int
    let desired: Int
    let message: String

    /// - Parameter pods: of the new revision.
    init(_ workload: Node, pods: [Node]) {
        desired = workload.value("spec", "replicas")?.integer ?? 1
        ready = workload.value("status", "readyReplicas")?.integer ?? 0
        let updated = workload.value("status", "updatedReplicas")?.integer ?? 0
        let total = workload.value("status", "replicas")?.integer ?? 0
        var parts: [String] = []
        if total > updated { parts.append("\(updated) of \(desired) updated") }
        let phases = pods.filter { Readiness(of: $0).state != .current }.map { "\($0.objectName) \(Self.phase($0))" }
        parts += phases.prefix(3)
        if phases.count > 3 { parts.append("\(phases.count - 3) more") }
        message = parts.joined(separator: ", ")
    }

    /// The word that a person looks for: a container's reason before the pod's phase.
    static func phase(_ pod: Node) -> String {
        if pod.isTerminating { return "terminating" }
        let statuses =
            (pod.value("status", "initContainerStatuses")?.sequence ?? [])
            + (pod.value("status", "containerStatuses")?.sequence ?? [])
        for status in statuses {
            if let reason = status.value("state", "waiting", "reason")?.string { return reason }
        }
        if let scheduled = pod.condition("PodScheduled"), !scheduled.isTrue { return scheduled.reason }
        return pod.value("status", "phase")?.string == "Running" ? "not ready" : "pending"
    }
}
