/// What one deployment made of a service: the unit of history and of rollback.
public struct Release: Sendable {
    public enum Status: String, Sendable {
        /// Being applied, or cut off while it was.
        case pending
        case deployed
        case superseded
        case failed
        /// The last release of a service that was destroyed while its data was kept.
        case destroyed
    }

    public static let standardHistoryLimit = 10

    public let service: ServiceIdentity
    public let dataType: DataType
    public let provider: ProviderKind
    public let environment: DeploymentEnvironment
    /// The version of the service that runs, as configured.
    public let version: String
    /// Counted from 1 for each service; never reused.
    public var revision: Int
    public var status: Status
    /// What was asked for: `deploy`, `scale to 4 replicas`, `rollback to revision 2`.
    public var reason: String
    /// Seconds since 1970.
    public var created: Int
    /// Replicas set by `scale`; ``scaleOverride(at:)`` tells what of it still holds.
    public var scaleOverride: ScaleOverride?
    /// How many releases of the service are kept.
    public var historyLimit: Int
    /// The cluster that it is meant for; nil where any will do.
    public var cluster: ClusterPin?
    /// Where in a cloud it is meant for; nil elsewhere, and for one that was read from where it was deployed to.
    public var place: CloudPlace?
    /// Which record of it this was read from, where the store tells: a service that was destroyed and made again has
    /// the same revisions.
    public var record: String?
    /// Desired objects in apply order.
    public var resources: [Resource]
    /// What releases before had and this one has no more, and what stays all the same for the data that it holds.
    public var kept: [Resource] = []

    public init(
        service: ServiceIdentity, dataType: DataType, provider: ProviderKind, environment: DeploymentEnvironment,
        version: String, revision: Int = 0, status: Status = .pending, reason: String, created: Int = 0,
        scaleOverride: ScaleOverride? = nil, historyLimit: Int = Self.standardHistoryLimit, resources: [Resource]
    ) {
        self.service = service
        self.dataType = dataType
        self.provider = provider
        self.environment = environment
        self.version = version
        self.revision = revision
        self.status = status
        self.reason = reason
        self.created = created
        self.scaleOverride = scaleOverride
        self.historyLimit = historyLimit
        self.resources = resources
    }
}
