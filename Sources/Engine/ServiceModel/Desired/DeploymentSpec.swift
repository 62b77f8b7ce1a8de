public import Documents

/// What should run, typed and complete: the one value that the stages between configuration and
/// rendering hand on.
public struct DeploymentSpec: Sendable {
    public let service: ServiceIdentity
    public let dataType: DataType
    public let provider: ProviderKind
    public let environment: DeploymentEnvironment
    public let version: String
    public let replicas: Int
    public let image: ImageReference
    /// Nil for services without one.
    public let gpu: GPURequirement?
    public let scaling: ScalingRange?
    /// The merged configuration in canonical keys, every value at its place in a layer.
    public let settings: Node

    public init(
        service: ServiceIdentity, dataType: DataType, provider: ProviderKind, environment: DeploymentEnvironment,
        version: String, replicas: Int, image: ImageReference, gpu: GPURequirement?, scaling: ScalingRange?,
        settings: Node
    ) {
        self.service = service
        self.dataType = dataType
        self.provider = provider
        self.environment = environment
        self.version = version
        self.replicas = replicas
        self.image = image
        self.gpu = gpu
        self.scaling = scaling
        self.settings = settings
    }
}

/// The GPUs of one replica.
public struct GPURequirement: Sendable, Hashable {
    public let type: String
    public let count: Int
    /// Memory of each; nil where any will do.
    public let memory: Quantity?

    public init(type: String, count: Int, memory: Quantity?) {
        self.type = type
        self.count = count
        self.memory = memory
    }

    /// Reads the section `resources.gpu`; nil where it asks for none.
    package init?(settings: Node) {
        guard let type = settings["type"]?.string else { return nil }
        let count = settings["count"]?.integer ?? 1
        guard count > 0 else { return nil }
        self.init(type: type, count: count, memory: settings["memory"]?.string.flatMap(Quantity.init))
    }
}

/// Within which numbers an autoscaler may move the replicas.
public struct ScalingRange: Sendable, Hashable {
    public let minimum: Int
    public let maximum: Int

    public init(minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }
}
