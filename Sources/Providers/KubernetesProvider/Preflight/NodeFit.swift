import Documents
import KubernetesClient

/// A rehearsal of the scheduler: whether the pods of a rollout find nodes, without asking for any.
///
/// It knows resources, node selectors, required node affinities, taints, cordoned nodes and the number of pods.
/// Affinities between pods, spreads and volumes it leaves to the scheduler, so that a service that fits here may still
/// not be placed, and never the other way round.
struct NodeFit {
    /// A node with what is left on it.
    struct Place {
        let name: String
        let labels: [String: String]
        let taints: [Node]
        /// Why it takes no pods at the moment; nil where it does.
        let closure: Obstacle?
        var free: [String: Int]

        init(_ node: Node) {
            if node.value("spec", "unschedulable")?.bool == true {
                closure = .cordon
            } else {
                closure = node.condition("Ready")?.isTrue == false ? .notReady : nil
            }
            name = node.objectName
            labels = Dictionary(
                (node.value("metadata", "labels")?.mapping?.entries ?? []).compactMap { entry in
                    entry.value.string.map { (entry.key, $0) }
                }, uniquingKeysWith: { $1 })
            taints = (node.value("spec", "taints")?.sequence ?? []).filter {
                $0["effect"]?.string != "PreferNoSchedule"
            }
            free = PodShape.amounts(node.value("status", "allocatable"))
        }

        mutating func take(_ shape: PodShape) {
            for (resource, amount) in shape.requests { free[resource, default: 0] -= amount }
        }

        mutating func give(_ shape: PodShape) {
            for (resource, amount) in shape.requests { free[resource, default: 0] += amount }
        }
    }

    /// Why a node does not take a pod.
    enum Obstacle: Hashable, Sendable {
        case cordon
        case notReady
        case label(String)
        case affinity
        case taint(String)
        case resource(String)
    }

    private(set) var places: [Place]

    init(_ places: [Place]) {
        self.places = places
    }

    /// Pods that run already take their part.
    mutating func occupy(_ node: String, _ shape: PodShape) {
        if let index = places.firstIndex(where: { $0.name == node }) { places[index].take(shape) }
    }

    static func obstacle(_ shape: PodShape, _ place: Place) -> Obstacle? {
        if let closure = place.closure { return closure }
        for (key, value) in shape.nodeSelector.sorted(by: { $0.key < $1.key }) where place.labels[key] != value {
            return .label("\(key)=\(value)")
        }
        if !shape.nodeTerms.isEmpty,
            !shape.nodeTerms.contains(where: { $0.isMet(name: place.name, labels: place.labels) })
        {
            return .affinity
        }
        for taint in place.taints where !shape.tolerations.contains(where: { $0.covers(taint) }) {
            return .taint(taint["key"]?.string ?? "")
        }
        for (resource, amount) in shape.requests.sorted(by: { $0.key < $1.key })
        where amount > 0 && amount > place.free[resource] ?? 0 {
            return .resource(resource)
        }
        return nil
    }

    /// Puts one pod where it fits with the most CPU left; false where it fits nowhere.
    mutating func place(_ shape: PodShape) -> Bool {
        let fitting = places.indices.filter { Self.obstacle(shape, places[$0]) == nil }
        guard let best = fitting.max(by: { places[$0].free["cpu"] ?? 0 < places[$1].free["cpu"] ?? 0 }) else {
            return false
        }
        places[best].take(shape)
        return true
    }

    /// How a rollout may go about it.
    struct Strategy: Hashable, Sendable {
        let replicas: Int
        /// Pods beyond `replicas` that may run at once.
        let surge: Int
        /// Pods of `replicas` that may be missing.
        let unavailable: Int
    }

    /// A pod that runs, with the name of its node; empty where it has none yet.
    typealias Running = (node: String, shape: PodShape)

    /// Adds pods to those that stay, as a change of the number of replicas does.
    ///
    /// - Returns: how many pods there are then; `replicas` when all found a place.
    mutating func grow(_ shape: PodShape, to replicas: Int, from running: Int) -> Int {
        var count = min(running, replicas)
        while count < replicas, place(shape) { count += 1 }
        return count
    }

    /// Rolls out: places new pods as far as allowed, and removes old ones as far as allowed, until all are new.
    ///
    /// - Parameter old: the pods that are to be replaced.
    /// - Returns: how many new pods found a place; `replicas` when all did.
    mutating func roll(_ shape: PodShape, _ strategy: Strategy, replacing old: [Running]) -> Int {
        var remaining = old
        var placed = 0
        while placed < strategy.replicas {
            if placed + remaining.count < strategy.replicas + strategy.surge, place(shape) {
                placed += 1
            } else if let pod = remaining.last, placed + remaining.count > strategy.replicas - strategy.unavailable {
                remaining.removeLast()
                if let index = places.firstIndex(where: { $0.name == pod.node }) { places[index].give(pod.shape) }
            } else {
                break
            }
        }
        return placed
    }
}
