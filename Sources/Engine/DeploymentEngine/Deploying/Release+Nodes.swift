import Diagnostics
import Documents
import ServiceModel

/// The nodes of a service's own, which other numbers of replicas need more or fewer of.
extension Release {
    /// Sets how many nodes there are, where the configuration does not: called before the replicas are set.
    mutating func setNodes(for fewest: Int, _ most: Int, at place: SourceLocation) {
        let before = askedReplicas.map(Self.most) ?? 0
        for index in resources.indices {
            guard let spec = resources[index].nodeGroup, let scaling = spec["scalingConfig"] else { continue }
            let perNode = max(spec["replicasPerNode"]?.integer ?? 1, 1)
            func nodes(_ replicas: Int) -> Int { (replicas + perNode - 1) / perNode }
            // What a rollout needs beyond the replicas stays.
            let spare = max(0, (scaling["maxSize"]?.integer ?? 1) - nodes(before))
            let least = spec.value("limits", "minNodes")?.integer ?? nodes(fewest)
            let utmost = spec.value("limits", "maxNodes")?.integer ?? max(nodes(most) + spare, least, 1)
            let initial = min(max(nodes(fewest), least), utmost)
            var sizes: Node = ["desiredSize": .integer(initial, at: place)]
            if spec.value("limits", "minNodes") == nil {
                sizes.merge(["minSize": .integer(min(least, utmost), at: place)])
            }
            if spec.value("limits", "maxNodes") == nil { sizes.merge(["maxSize": .integer(utmost, at: place)]) }
            resources[index].setNodes(sizes)
        }
    }

    private static func most(_ replicas: ScaleOverride.Replicas) -> Int {
        switch replicas {
        case .fixed(let number): number
        case .between(_, let most): most
        }
    }
}
