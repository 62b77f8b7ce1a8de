package import Documents
import ServiceModel

/// What keeps a service's pods and the nodes of its pool together.
extension NodePool {
    /// Labels whose domains are the cluster's or the cloud's own: their nodes have them, or cannot.
    private static let reserved = [
        "kubernetes.io", "k8s.io", "eks.amazonaws.com", "cloud.google.com", "gke.io", "kubernetes.azure.com",
    ]

    /// The labels that are set on the nodes: what the pods ask for, except what the cloud sets itself.
    var labels: Mapping {
        var labels = Mapping()
        for entry in Self.selector(settings, pool: self).entries where !Self.isReserved(entry.key) {
            labels[entry.key] = entry.value
        }
        return labels
    }

    private static func isReserved(_ key: String) -> Bool {
        guard let slash = key.firstIndex(of: "/") else { return false }
        let domain = key[..<slash]
        return reserved.contains { domain == $0 || domain.hasSuffix(".\($0)") }
    }

    /// The labels that a node must have for a service's pods: the configured ones, the provider's name for the GPU, and
    /// the pool's.
    package static func selector(_ settings: Node, pool: NodePool?) -> Mapping {
        var selector = settings.value("scheduling", "node_selector")?.mapping ?? Mapping()
        if let gpu = settings.value("resources", "gpu").flatMap(GPURequirement.init(settings:)),
            let label = settings.value("scheduling", "gpu_node_label")?.string
        {
            let type = settings.value("resources", "gpu", "type") ?? .string(gpu.type)
            var value =
                settings.value("scheduling", "gpu_node_values", gpu.type) ?? pool?.accelerator.map { .string($0) }
                ?? type
            value.location = type.location
            selector[label] = value
        }
        if let pool { selector[label] = pool.mark }
        return selector
    }

    /// Taints that keep everybody else off nodes with GPUs: those that the pods tolerate. Google taints them itself.
    var taints: [Node] {
        guard settings.value("resources", "gpu").flatMap(GPURequirement.init(settings:)) != nil else { return [] }
        return (settings.value("scheduling", "tolerations")?.sequence ?? []).compactMap { toleration in
            guard let key = toleration["key"], let effect = toleration["effect"],
                provider != .gcp || key.string != "nvidia.com/gpu"
            else { return nil }
            let value = toleration["value"] ?? .string("present", at: key.location)
            return .mapping(
                Mapping(uniqueEntries: [.init("key", key), .init("value", value), .init("effect", effect)]),
                at: toleration.location)
        }
    }

    /// What the service's pods tolerate: taints of nodes with GPUs, and the one that Azure sets on spare capacity.
    ///
    /// https://learn.microsoft.com/azure/aks/spot-node-pool
    package static func tolerations(_ settings: Node, pool: NodePool?) -> [Node] {
        var tolerations: [Node] = []
        if settings.value("resources", "gpu").flatMap(GPURequirement.init(settings:)) != nil {
            tolerations += settings.value("scheduling", "tolerations")?.sequence ?? []
        }
        if let pool, pool.provider == .azure, pool.isSpot {
            tolerations.append([
                "key": "kubernetes.azure.com/scalesetpriority", "operator": "Equal", "value": "spot",
                "effect": "NoSchedule",
            ])
        }
        return tolerations
    }
}
