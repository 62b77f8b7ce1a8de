/// What a service is doing now.
public struct ServiceStatus: Sendable {
    public enum State: String, Sendable, Hashable {
        case healthy
        /// The number of replicas is changing.
        case scaling
        /// A new revision is rolling out.
        case updating
        /// It serves, with fewer replicas than desired.
        case degraded
        case failed
        case stopped
    }

    public struct Replica: Sendable {
        public let name: String
        /// `ready`, `starting`, `stopping`, `restarting`, `failed`.
        public let state: String
        public let restarts: Int
        /// Seconds since 1970; nil while it is not running.
        public let started: Int?
        /// The revision that it runs.
        public let revision: Int
        /// The machine that it runs on, where there are several.
        public let node: String?

        public init(
            name: String, state: String, restarts: Int, started: Int?, revision: Int, node: String? = nil
        ) {
            self.name = name
            self.state = state
            self.restarts = restarts
            self.started = started
            self.revision = revision
            self.node = node
        }
    }

    public let service: ServiceIdentity
    public let dataType: DataType
    public let provider: ProviderKind
    public let environment: DeploymentEnvironment
    public let version: String
    public let revision: Int
    public let state: State
    /// Why it is not healthy; nil when it is.
    public let cause: String?
    public let desiredReplicas: Int
    public let readyReplicas: Int
    public let replicas: [Replica]
    /// Replicas set by `scale`, until they were replaced: one that has expired is there until it is reverted.
    public let scaleOverride: ScaleOverride?
    /// Records produced an hour over ``throughputWindow``; nil while it is not known.
    public let recordsPerHour: Double?
    /// The time that ``recordsPerHour`` is an average of, ending now.
    public let throughputWindow: TimeSpan?
    /// How many replicas ``recordsPerHour`` is of: some may not tell. Nil where it is of all that are ready.
    public let throughputReplicas: Int?
    /// Why ``recordsPerHour`` is not known, where somebody can do something about it: a right that is missing.
    public let throughputProblem: String?
    /// Share of the granted CPU in use, 0 to 1 and above; nil while it is not known.
    public let cpuUsage: Double?
    /// Share of the granted memory in use, 0 to 1 and above; nil while it is not known.
    public let memoryUsage: Double?
    /// Share of the granted GPUs in use, 0 to 1; nil without one.
    public let gpuUsage: Double?
    public let endpoint: String?
    /// When the service was first deployed, in seconds since 1970.
    public let created: Int

    public init(
        service: ServiceIdentity, dataType: DataType, provider: ProviderKind, environment: DeploymentEnvironment,
        version: String, revision: Int, state: State, cause: String?, desiredReplicas: Int, readyReplicas: Int,
        replicas: [Replica], scaleOverride: ScaleOverride? = nil, recordsPerHour: Double?,
        throughputWindow: TimeSpan? = nil, throughputReplicas: Int? = nil, throughputProblem: String? = nil,
        cpuUsage: Double?, memoryUsage: Double?, gpuUsage: Double?, endpoint: String?, created: Int
    ) {
        self.service = service
        self.dataType = dataType
        self.provider = provider
        self.environment = environment
        self.version = version
        self.revision = revision
        self.state = state
        self.cause = cause
        self.desiredReplicas = desiredReplicas
        self.readyReplicas = readyReplicas
        self.replicas = replicas
        self.scaleOverride = scaleOverride
        self.recordsPerHour = recordsPerHour
        self.throughputWindow = throughputWindow
        self.throughputReplicas = throughputReplicas
        self.throughputProblem = throughputProblem
        self.cpuUsage = cpuUsage
        self.memoryUsage = memoryUsage
        self.gpuUsage = gpuUsage
        self.endpoint = endpoint
        self.created = created
    }
}
