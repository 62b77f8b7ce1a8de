package import ServiceModel

/// A machine type of a cloud.
package struct InstanceType: Sendable, Hashable {
    package struct GPUs: Sendable, Hashable {
        /// Without maker: `t4`, `a100`.
        package let model: String
        package let count: Int
        /// Memory of each.
        package let memory: Quantity
        /// What the cloud calls it where it is attached to a machine, as Google's clouds do; else empty.
        package let accelerator: String
    }

    package let name: String
    package let virtualCPUs: Int
    /// As the maker tells it, before the system takes its part.
    package let memory: Quantity
    package let gpus: GPUs?

    init(_ name: String, _ virtualCPUs: Int, gibibytes: Double, gpus: GPUs? = nil) {
        self.name = name
        self.virtualCPUs = virtualCPUs
        memory = Quantity(milli: Int(gibibytes * Double(1 << 30)) * 1000)
        self.gpus = gpus
    }

    /// By how much a machine is larger than another: what a CPU costs against a gibibyte, at the clouds' list prices.
    var weight: Double { Double(virtualCPUs) * 13 + memory.double / Double(1 << 30) }
}

extension InstanceType.GPUs {
    init(_ model: String, _ count: Int, gibibytes: Int, accelerator: String = "") {
        self.init(
            model: model, count: count, memory: Quantity(milli: gibibytes * (1 << 30) * 1000), accelerator: accelerator)
    }
}
