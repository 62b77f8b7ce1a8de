import Diagnostics
import Documents
import KubernetesClient

/// What one ResourceQuota leaves for the pods of a rollout.
///
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/
struct QuotaFit {
    private let name: String
    private let hard: [String: Int]
    private let used: [String: Int]

    init(_ quota: Node) {
        name = quota.objectName
        hard = PodShape.amounts(quota.value("status", "hard") ?? quota.value("spec", "hard"))
        used = PodShape.amounts(quota.value("status", "used"))
    }

    /// - Parameter running: pods of the service that count as used already.
    func problems(_ rollout: PlannedRollout, running: Int) -> [Diagnostic] {
        let most = rollout.replicas + (rollout.replacesPods && running > 0 ? rollout.strategy.surge : 0)
        let more = max(0, most - running)
        return hard.sorted { $0.key < $1.key }.compactMap { key, bound in
            let (resource, amounts) = Self.meaning(of: key, rollout.shape)
            guard let amounts else { return nil }
            guard let each = amounts[resource] else {
                guard key.hasPrefix("limits."), more > 0 else { return nil }
                return Diagnostic(
                    .error, .quotaExceeded, "a pod without a limit of \(resource) may not be made here",
                    at: rollout.location(of: resource), why: "ResourceQuota `\(name)` bounds \(key)",
                    fix: "set resources.limits.\(resource)")
            }
            let wanted = (used[key] ?? 0) + each * more
            guard wanted > bound else { return nil }
            return Diagnostic(
                .error, .quotaExceeded,
                "\(more) more \(more == 1 ? "pod exceeds" : "pods exceed") the namespace's quota of \(key)",
                at: rollout.location(of: resource),
                why: "ResourceQuota `\(name)`: \(Amount.text(used[key] ?? 0, resource)) of"
                    + " \(Amount.text(bound, resource)) used, \(Amount.text(each, resource)) a pod",
                fix: "ask for less, run fewer replicas, or have the quota raised")
        }
    }

    /// The resource that a key of a quota bounds, and which of a pod's amounts count; nil for what is no pod's.
    private static func meaning(of key: String, _ shape: PodShape) -> (String, [String: Int]?) {
        if key == "pods" || key == "count/pods" { return ("pods", shape.requests) }
        if key == "cpu" || key == "memory" { return (key, shape.requests) }
        if key == "requests.storage" { return (key, nil) }
        if key.hasPrefix("requests.") { return (String(key.dropFirst(9)), shape.requests) }
        if key.hasPrefix("limits.") { return (String(key.dropFirst(7)), shape.limits) }
        return (key, nil)
    }
}
