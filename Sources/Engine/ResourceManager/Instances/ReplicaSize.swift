package import Documents
package import ServiceModel

/// What one replica of a service asks of a machine.
package struct ReplicaSize: Sendable, Hashable {
    package let cpu: Quantity
    package let memory: Quantity
    package let gpu: GPURequirement?

    package init(cpu: Quantity, memory: Quantity, gpu: GPURequirement?) {
        self.cpu = cpu
        self.memory = memory
        self.gpu = gpu
    }

    /// Reads merged settings; nil where they do not say how much CPU and memory a replica is promised.
    package init?(settings: Node) {
        guard let cpu = settings.value("resources", "cpu")?.string.flatMap(Quantity.init),
            let memory = settings.value("resources", "memory")?.string.flatMap(Quantity.init)
        else { return nil }
        self.init(
            cpu: cpu, memory: memory, gpu: settings.value("resources", "gpu").flatMap(GPURequirement.init(settings:)))
    }

    /// How many replicas have room in a machine.
    func count(in type: InstanceType, at provider: ProviderKind) -> Int {
        let room = NodeRoom(type, at: provider)
        var count = min(Self.times(cpu, in: room.cpu), Self.times(memory, in: room.memory))
        if let gpu {
            guard let gpus = type.gpus, gpus.model == GPUCatalogue.model(of: gpu.type),
                gpu.memory.map({ $0 <= gpus.memory }) ?? true,
                // A name that tells the size of the memory asks for no other.
                GPUCatalogue.memory(of: gpu.type).map({ $0.contains(gpus.memory) }) ?? true
            else { return 0 }
            count = min(count, gpus.count / max(gpu.count, 1))
        }
        return count
    }

    private static func times(_ part: Quantity, in whole: Quantity) -> Int {
        part.milli == 0 ? .max : whole.milli / part.milli
    }
}

extension ReplicaSize: CustomStringConvertible {
    /// `8 CPUs, 32Gi of memory and 1 nvidia-tesla-t4 of 16Gi`
    package var description: String {
        guard let gpu else { return "\(cpu) CPUs and \(memory) of memory" }
        return "\(cpu) CPUs, \(memory) of memory and \(gpu.count) \(gpu.type)\(gpu.memory.map { " of \($0)" } ?? "")"
    }
}
