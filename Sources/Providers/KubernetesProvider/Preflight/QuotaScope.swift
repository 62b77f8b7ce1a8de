import Documents

/// Which pods a ResourceQuota counts; all where it has no scope.
///
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
struct QuotaScope {
    private struct Condition {
        let name: String
        let comparison: String
        let values: [String]
    }

    private let conditions: [Condition]

    /// - Parameter spec: of the quota.
    init(_ spec: Node) {
        let named = (spec["scopes"]?.sequence ?? []).compactMap(\.string).map {
            Condition(name: $0, comparison: "Exists", values: [])
        }
        let selected = (spec.value("scopeSelector", "matchExpressions")?.sequence ?? []).map { item in
            Condition(
                name: item["scopeName"]?.string ?? "", comparison: item["operator"]?.string ?? "",
                values: (item["values"]?.sequence ?? []).compactMap(\.string))
        }
        conditions = named + selected
    }

    /// Whether only some pods count, and nothing else.
    var isNarrow: Bool { !conditions.isEmpty }

    func covers(_ pod: Node) -> Bool { conditions.allSatisfy { Self.isMet($0, pod) } }

    private static func isMet(_ condition: Condition, _ pod: Node) -> Bool {
        switch condition.name {
        case "Terminating": pod["activeDeadlineSeconds"] != nil
        case "NotTerminating": pod["activeDeadlineSeconds"] == nil
        case "BestEffort": isBestEffort(pod)
        case "NotBestEffort": !isBestEffort(pod)
        case "PriorityClass": isMet(condition, pod["priorityClassName"]?.string)
        // Of pods that may stand beside those of other namespaces; unknown ones are left to the server.
        default: false
        }
    }

    private static func isMet(_ condition: Condition, _ priority: String?) -> Bool {
        switch condition.comparison {
        case "In": priority.map(condition.values.contains) ?? false
        case "NotIn": priority.map { !condition.values.contains($0) } ?? true
        case "Exists": priority != nil
        case "DoesNotExist": priority == nil
        default: false
        }
    }

    /// Neither requests nor limits of CPU or memory:
    /// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/#besteffort
    private static func isBestEffort(_ pod: Node) -> Bool {
        let containers = (pod["initContainers"]?.sequence ?? []) + (pod["containers"]?.sequence ?? [])
        return containers.allSatisfy { container in
            let amounts = PodShape.requests(container)
            return (amounts["cpu"] ?? 0) == 0 && (amounts["memory"] ?? 0) == 0
        }
    }
}
