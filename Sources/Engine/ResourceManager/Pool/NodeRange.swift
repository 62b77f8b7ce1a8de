package import Documents
import ServiceModel

/// How many nodes a service's pool has: at least, at most, and to begin with.
package struct NodeRange: Sendable {
    /// Each at the line that it follows from.
    package let minimum: Node
    package let maximum: Node
    package let initial: Node

    /// - Parameter choice: the machines; nil where none is known, and each replica is taken to need one.
    package init(settings: Node, choice: InstanceChoice?) {
        let pool = settings.value("scheduling", "node_pool")
        let scaling = settings["scaling"].flatMap { $0["enabled"]?.bool == true ? $0 : nil }
        let replicas = settings.value("deployment", "replicas") ?? 1
        let count = replicas.integer ?? 1
        let fewest = scaling?["min_replicas"] ?? replicas
        let most = scaling?["max_replicas"] ?? replicas
        func nodes(_ replicas: Int) -> Int { choice?.nodes(for: replicas) ?? replicas }

        // A rollout runs more replicas than are wanted for a while.
        let surge = Self.surge(settings.value("deployment", "rollout", "max_surge"), of: most.integer ?? count)
        let least = nodes(min(fewest.integer ?? count, count))
        let utmost = max(nodes(max(most.integer ?? count, count) + surge), 1)
        let minimum = pool?["min_nodes"]?.integer ?? min(least, pool?["max_nodes"]?.integer ?? least)
        let maximum = pool?["max_nodes"]?.integer ?? max(utmost, minimum)
        self.minimum = .integer(minimum, at: (pool?["min_nodes"] ?? fewest).location)
        self.maximum = .integer(maximum, at: (pool?["max_nodes"] ?? most).location)
        initial = .integer(min(max(nodes(count), minimum), max(maximum, minimum)), at: replicas.location)
    }

    /// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    private static func surge(_ setting: Node?, of replicas: Int) -> Int {
        if let count = setting?.integer { return count }
        guard let text = setting?.string, text.hasSuffix("%"), let share = Int(text.dropLast()) else { return 0 }
        return (replicas * share + 99) / 100
    }
}
