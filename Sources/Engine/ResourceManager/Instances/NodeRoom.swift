import ServiceModel

/// What of a machine is left to the pods of a service: less what its system and kubelet keep, and what the pods that
/// run on every node take.
struct NodeRoom {
    let cpu: Quantity
    let memory: Quantity

    private static let mebibyte = 1 << 20

    init(_ type: InstanceType, at provider: ProviderKind) {
        // What the guest sees is less than what is told; Karpenter reckons with the same share:
        // https://karpenter.sh/docs/reference/settings/ (VM_MEMORY_OVERHEAD_PERCENT)
        let visible = type.memory.units / 1000 * 925
        let reserved =
            switch provider {
            case .aws: Self.byPods(Self.pods(type.virtualCPUs))
            default: Self.byShares(of: visible)
            }
        // Network, proxy, storage and GPU plugins, which every node runs.
        let agents = (cpu: 250, memory: 300 * Self.mebibyte)
        let eviction = 100 * Self.mebibyte
        cpu = Quantity(
            milli: max(0, type.virtualCPUs * 1000 - Self.reservedCPU(type.virtualCPUs, at: provider) - agents.cpu))
        memory = Quantity(milli: max(0, visible - reserved - eviction - agents.memory) * 1000)
    }

    /// Millicores. EKS and GKE: 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the others.
    ///
    /// - https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
    /// - https://learn.microsoft.com/azure/aks/node-resource-reservations
    private static func reservedCPU(_ cpus: Int, at provider: ProviderKind) -> Int {
        if provider == .azure {
            return [(64, 740), (32, 420), (16, 260), (8, 180), (4, 140), (2, 100)].first { cpus >= $0.0 }?.1 ?? 60
        }
        let shares = 600 + (cpus > 1 ? 100 : 0) + min(max(cpus - 2, 0), 2) * 50 + max(cpus - 4, 0) * 25
        return (shares + 9) / 10
    }

    /// EKS: 255 MiB and 11 MiB for each pod that the node may run.
    /// https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
    private static func byPods(_ pods: Int) -> Int { (255 + 11 * pods) * mebibyte }

    /// The most that a machine of this size has addresses for.
    /// https://github.com/aws/amazon-vpc-cni-k8s/blob/master/misc/eni-max-pods.txt
    private static func pods(_ cpus: Int) -> Int {
        switch cpus {
        case ...2: 29
        case ...8: 58
        case ...48: 234
        default: 737
        }
    }

    /// GKE and AKS: 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % above.
    private static func byShares(of memory: Int) -> Int {
        var rest = memory
        var reserved = 0
        for (size, share) in [(4, 25), (4, 20), (8, 10), (112, 6)] {
            let part = min(rest, size << 30)
            reserved += part / 100 * share
            rest -= part
        }
        return reserved + rest / 100 * 2
    }
}
