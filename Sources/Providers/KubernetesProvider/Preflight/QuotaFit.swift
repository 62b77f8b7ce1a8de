import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// What one ResourceQuota leaves for the pods of a rollout, and for objects beside them.
///
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/
struct QuotaFit {
    private let name: String
    private let hard: [String: Int]
    private let used: [String: Int]
    private let scope: QuotaScope

    init(_ quota: Node) {
        name = quota.objectName
        hard = PodShape.amounts(quota.value("status", "hard") ?? quota.value("spec", "hard"))
        used = PodShape.amounts(quota.value("status", "used"))
        scope = QuotaScope(quota["spec"] ?? .null)
    }

    // MARK: Pods

    /// - Parameter running: pods of the service that count as used already.
    func problems(_ rollout: PlannedRollout, running: Int) -> [Diagnostic] {
        guard scope.covers(rollout.pod) else { return [] }
        let most = rollout.replicas + (rollout.replacesPods && running > 0 ? rollout.strategy.surge : 0)
        let more = max(0, most - running)
        return hard.sorted { $0.key < $1.key }.compactMap { key, bound in
            let (resource, amounts) = Self.meaning(of: key, rollout.shape)
            guard let amounts else { return nil }
            let isLimit = key.hasPrefix("limits.")
            let parts = isLimit ? ["limits", "requests"] : ["requests", "limits"]
            guard let each = amounts[resource] else {
                // Of other resources a pod may be silent: https://kubernetes.io/docs/concepts/policy/resource-quotas/
                guard isLimit || resource == "cpu" || resource == "memory", more > 0 else { return nil }
                return Diagnostic(
                    .error, .quotaExceeded,
                    isLimit
                        ? "a pod without a limit of \(resource) may not be made here"
                        : "a pod that does not ask for \(resource) may not be made here",
                    at: rollout.location(of: resource, in: parts), why: "ResourceQuota `\(name)` bounds \(key)",
                    fix: "set \(ConfigurationKey.of(resource, isLimit: isLimit))")
            }
            let before = used[key] ?? 0
            guard more > 0, each > 0, before + each * more > bound else { return nil }
            let room = max(0, bound - before) / each
            return Diagnostic(
                .error, .quotaExceeded,
                "\(more) more \(more == 1 ? "pod exceeds" : "pods exceed") the namespace's quota of \(key)",
                at: rollout.location(of: resource, in: parts),
                why: "ResourceQuota `\(name)`: \(Amount.text(before, resource)) of"
                    + " \(Amount.text(bound, resource)) used, \(Amount.text(each, resource)) a pod:"
                    + " room for \(room) more",
                fix: fix(rollout, room: room, running: running))
        }
    }

    private func fix(_ rollout: PlannedRollout, room: Int, running: Int) -> String {
        if rollout.replacesPods, running > 0, rollout.strategy.surge > room, running >= rollout.replicas {
            return "set deployment.rollout.max_surge to \(room)"
                + (room == 0 ? " and max_unavailable to 1" : "") + ", ask for less, or have the quota raised"
        }
        return "ask for less, run fewer replicas, or have the quota raised"
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

    // MARK: Other objects

    /// What is made besides pods, all together: the server's dry run has looked at each of them alone.
    ///
    /// - Parameter records: kinds that the tool itself makes one more of.
    func problems(creating objects: [DesiredObject], records: [ResourceType]) -> [Diagnostic] {
        guard !scope.isNarrow else { return [] }
        var demand: [String: (amount: Int, last: DesiredObject?)] = [:]
        func add(_ key: String, _ amount: Int, _ object: DesiredObject?) {
            let before = demand[key]
            demand[key] = ((before?.amount ?? 0) + amount, object ?? before?.last)
        }
        for type in records { for key in Self.counts(type) { add(key, 1000, nil) } }
        for object in objects {
            for key in Self.counts(object.type) { add(key, 1000, object) }
            for (key, amount) in Self.amounts(object) { add(key, amount, object) }
        }
        return demand.sorted { $0.key < $1.key }.compactMap { key, wanted in
            let before = used[key] ?? 0
            guard let bound = hard[key], before + wanted.amount > bound else { return nil }
            let unit = key.hasSuffix("requests.storage") ? "storage" : "count"
            let object = wanted.last
            return Diagnostic(
                .error, .quotaExceeded,
                "the namespace's quota of \(key) does not allow \(Amount.text(wanted.amount, unit)) more",
                at: object.map { LiveComparison.location(of: Self.place(of: key), in: $0.manifest) },
                why: "ResourceQuota `\(name)`: \(Amount.text(before, unit)) of \(Amount.text(bound, unit)) used"
                    + (object.map { "; \($0.identity) is to be made" } ?? "; the tool keeps its records there"),
                fix: unit == "storage"
                    ? "set storage.size to less, or have the quota raised"
                    : "remove what is not needed, or have the quota raised")
        }
    }

    private static func counts(_ type: ResourceType) -> [String] {
        guard type.isNamespaced else { return [] }
        if !type.group.isEmpty { return ["count/\(type.plural).\(type.group)"] }
        return ["count/\(type.plural)", type.plural]
    }

    private static func amounts(_ object: DesiredObject) -> [(String, Int)] {
        let spec = object.manifest["spec"]
        switch object.identity.kind {
        case "PersistentVolumeClaim":
            let size = PodShape.amount(spec?.value("resources", "requests", "storage")) ?? 0
            guard let name = spec?["storageClassName"]?.string else { return [("requests.storage", size)] }
            let ofClass = "\(name).storageclass.storage.k8s.io/"
            return [
                ("requests.storage", size), ("\(ofClass)requests.storage", size),
                ("\(ofClass)persistentvolumeclaims", 1000),
            ]
        case "Service":
            switch spec?["type"]?.string {
            case "LoadBalancer": return [("services.loadbalancers", 1000), ("services.nodeports", 1000)]
            case "NodePort": return [("services.nodeports", 1000)]
            default: return []
            }
        default: return []
        }
    }

    private static func place(of key: String) -> NodePath {
        if key.hasSuffix("requests.storage") { return NodePath(keys: ["spec", "resources", "requests", "storage"]) }
        if key.hasSuffix(".k8s.io/persistentvolumeclaims") { return NodePath(keys: ["spec", "storageClassName"]) }
        if key.hasPrefix("services.") { return NodePath(keys: ["spec", "type"]) }
        return NodePath(keys: ["metadata", "name"])
    }
}
