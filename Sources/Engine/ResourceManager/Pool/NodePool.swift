import Diagnostics
package import Documents
package import ServiceModel

/// The nodes that a service's replicas run on.
///
/// Every value stands at the configuration line that it follows from.
package struct NodePool: Sendable {
    /// The label that a pool's nodes have, and that the service's pods ask for.
    package static let label = "synthdata.io/node-pool"

    package let name: Node
    /// The value of ``label``: two services may call their pools the same.
    let mark: Node
    /// The machines, or why there are none.
    package let choice: Result<InstanceChoice, InstanceChoice.Missing>
    package let range: NodeRange
    let settings: Node
    let provider: ProviderKind
    private let gpu: GPURequirement?

    /// Nil where the service has none of its own.
    package init?(_ spec: DeploymentSpec) {
        let settings = spec.settings
        guard spec.provider.isCloud, let pool = settings.value("scheduling", "node_pool"),
            let enabled = pool["enabled"], enabled.bool == true, let size = ReplicaSize(settings: settings)
        else { return nil }
        self.settings = settings
        provider = spec.provider
        gpu = size.gpu
        let own = CloudNames(spec.provider, spec.service, region: nil, cluster: nil).nodePool
        name = pool["name"] ?? .string(own, at: enabled.location)
        mark = .string(own, at: enabled.location)
        choice = Self.choice(settings, size, at: spec.provider)
        range = NodeRange(settings: settings, choice: try? choice.get())
    }

    /// The choice that follows from merged settings.
    package static func choice(
        _ settings: Node, _ size: ReplicaSize, at provider: ProviderKind
    ) -> Result<InstanceChoice, InstanceChoice.Missing> {
        let pool = settings.value("scheduling", "node_pool")
        return Result { () throws(InstanceChoice.Missing) in
            try InstanceChoice.choice(
                for: size, at: provider, offered: (pool?["instance_types"]?.sequence ?? []).compactMap(\.string),
                isSpot: pool?["spot"]?.bool == true)
        }
    }

    var isSpot: Bool { settings.value("scheduling", "node_pool", "spot")?.bool == true }

    var instanceTypes: Node {
        let types = (try? choice.get())?.types ?? []
        if let configured = settings.value("scheduling", "node_pool", "instance_types"),
            configured.sequence?.isEmpty == false
        {
            return configured
        }
        let cause = settings.value("resources", "gpu", "type") ?? settings.value("resources", "memory")
        let location = cause?.location ?? .unknown
        return .sequence(types.map { .string($0, at: location) }, at: location)
    }

    /// What Google calls the GPU of its machines; nil elsewhere.
    var accelerator: String? {
        guard gpu != nil, let gpus = (try? choice.get())?.type?.gpus, !gpus.accelerator.isEmpty else { return nil }
        return gpus.accelerator
    }

    /// GPUs of each node.
    var acceleratorCount: Int { (try? choice.get())?.type?.gpus?.count ?? gpu?.count ?? 0 }

    var amiType: Node {
        if let configured = settings.value("providers", "aws", "ami_type") { return configured }
        let types = instanceTypes
        let architecture = types.sequence?.first?.string.map { Architecture(of: $0, at: .aws) } ?? .x86
        return .string(AMIType.usual(for: architecture, hasGPU: gpu != nil).rawValue, at: types.location)
    }

    /// Images with the libraries of GPUs are large, and scratch space is the node's.
    var diskGibibytes: Node {
        let gibibyte = 1 << 30
        if let configured = settings.value("scheduling", "node_pool", "disk_size"),
            let size = configured.string.flatMap(Quantity.init)
        {
            return .integer((size.units + gibibyte - 1) / gibibyte, at: configured.location)
        }
        let scratch = settings.value("resources", "ephemeral_storage")
        let each = scratch?.string.flatMap(Quantity.init)?.units ?? 0
        let count = (try? choice.get())?.replicasPerNode ?? 1
        return .integer(
            (gpu == nil ? 50 : 100) + (each * max(count, 1) + gibibyte - 1) / gibibyte,
            at: scratch?.location ?? .unknown)
    }
}
