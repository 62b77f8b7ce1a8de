public import Diagnostics

/// A place where services run. The engine knows nothing else of it.
///
/// All calls are safe to repeat: after a kill at any moment, planning and applying again converges to
/// the same state. Errors are ``Diagnostic`` or ``DiagnosticReport``.
public protocol Provider: Sendable {
    var kind: ProviderKind { get }

    /// The cluster at a cloud that it is; nil elsewhere.
    var place: CloudPlace? { get }

    /// Looks whether this is the place that a release is meant for, and one that can be deployed to. Called before
    /// anything else is done for the release; changes nothing.
    func verify(_ release: Release) async throws

    /// Compares the desired objects with what is there. Changes nothing.
    ///
    /// - Parameters:
    ///   - release: what should be; without resources when the service should go.
    ///   - deleteData: whether stored data may be deleted with what no longer has a place.
    func plan(_ release: Release, deleteData: Bool) async throws -> Plan

    /// Makes it so, and waits until the service is ready or doomed.
    ///
    /// - Throws: ``Diagnostic`` naming the cause and the configuration line behind it, as soon as the
    ///   outcome is certain; code `deploy.timed-out` when `timeout` passes first.
    func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied

    /// The state of the named services, or of all that there are; names that are not there are left out.
    func observe(_ services: [ServiceIdentity]?) async throws -> [ServiceStatus]

    /// The state of all services that there are, in order.
    ///
    /// - Parameters:
    ///   - namespace: the only one to look into; nil means all.
    ///   - withEndpoints: whether to find out where they answer, too, which may take more requests.
    func observe(in namespace: String?, withEndpoints: Bool) async throws -> [ServiceStatus]

    /// What there is to know of one service; nil where it is not there.
    func inspect(_ service: ServiceIdentity) async throws -> ServiceInspection?

    /// Lines that the replicas wrote, oldest first.
    ///
    /// - Parameters:
    ///   - replica: only this one's.
    ///   - tail: at most so many of the last lines.
    ///   - follow: go on with new lines until cancelled or the service goes.
    func logs(
        of service: ServiceIdentity, replica: String?, tail: Int?, follow: Bool
    ) -> AsyncThrowingStream<LogLine, any Error>

    /// How many services of a fleet may be deployed at once.
    var deploymentsAtOnce: Int { get }

    /// The same place, for deploying several services now: what all their plans look at may be looked at once, and stands
    /// for no longer than that.
    func forFleet() -> any Provider

    /// Begins to look at what the plans of services like this one will want to know. Nothing comes of a failure: the
    /// plans meet it again.
    func lookAhead(for release: Release) async

    /// The same place, for plans that are only looked at: what would keep one from being applied is told, and the
    /// plan is made all the same.
    func forPreview(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> any Provider

    /// The history of releases at this place.
    var releases: any ReleaseStore { get }

    /// Takes the lock of a service, waiting up to `wait` for another deployment to end.
    ///
    /// - Throws: ``Diagnostic`` with code `deploy.locked` naming the holder.
    func lock(
        _ service: ServiceIdentity, holder: String, wait: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> any DeploymentLock
}

extension Provider {
    public var place: CloudPlace? { nil }

    /// Any place will do.
    public func verify(_ release: Release) async throws {}

    /// Looks everywhere.
    public func observe(in namespace: String?, withEndpoints: Bool) async throws -> [ServiceStatus] {
        try await observe(nil).filter { namespace == nil || $0.service.namespace == namespace }
    }

    /// No more than its status.
    public func inspect(_ service: ServiceIdentity) async throws -> ServiceInspection? {
        try await observe([service]).first.map { ServiceInspection(status: $0) }
    }

    public var deploymentsAtOnce: Int { 1 }

    public func forFleet() -> any Provider { self }

    public func lookAhead(for release: Release) async {}

    /// A plan is refused or has no obstacles.
    public func forPreview(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> any Provider { self }
}

/// What an applied plan came to.
public struct Applied: Sendable {
    /// Where the service answers; nil when it has no endpoint or is gone.
    public let endpoint: String?
    /// Where its metrics can be seen.
    public let monitoringURL: String?
    /// What a destroy kept (volumes, data folders), in words.
    public let leftovers: [String]

    public init(endpoint: String?, monitoringURL: String?, leftovers: [String] = []) {
        self.endpoint = endpoint
        self.monitoringURL = monitoringURL
        self.leftovers = leftovers
    }
}

/// Holds a service for one deployment; freed by ``release()`` or by the end of the process.
public protocol DeploymentLock: Sendable {
    func release() async
}

/// Keeps the releases of services, newest last.
public protocol ReleaseStore: Sendable {
    /// All releases that are kept, oldest first; empty for an unknown service.
    func releases(of service: ServiceIdentity) async throws -> [Release]

    /// Those that no later one has superseded, oldest first: all that a deployment has to know of the past.
    func current(of service: ServiceIdentity) async throws -> [Release]

    /// The same, for who is about to deploy `desired`, of whose service they are.
    ///
    /// One that wanted the same may be told as `desired` itself with the other's revision, status and record: why and
    /// when it was made, and the lines that its values came from, are then not those that were recorded.
    func current(for desired: Release) async throws -> [Release]

    /// Whether they are still the current ones: nobody has deployed since they were read.
    func stand(_ known: [Release], of service: ServiceIdentity) async throws -> Bool

    /// Records the status of a release that is kept already, and drops the oldest beyond `limit`.
    func mark(_ release: Release, keeping limit: Int) async throws

    /// Adds a release or replaces the one with the same revision, and drops the oldest beyond `limit`.
    func save(_ release: Release, keeping limit: Int) async throws

    /// Forgets a service that was destroyed.
    func removeAll(of service: ServiceIdentity) async throws

    /// Every service that has releases, in order.
    func services() async throws -> [ServiceIdentity]

    /// Every service of a namespace that has releases, in order; of all namespaces where it is nil.
    func services(in namespace: String?) async throws -> [ServiceIdentity]
}

extension ReleaseStore {
    /// Looks everywhere.
    public func services(in namespace: String?) async throws -> [ServiceIdentity] {
        try await services().filter { namespace == nil || $0.namespace == namespace }
    }

    public func current(for desired: Release) async throws -> [Release] {
        try await current(of: desired.service)
    }

    public func current(of service: ServiceIdentity) async throws -> [Release] {
        try await releases(of: service).filter { $0.status != .superseded }
    }

    public func stand(_ known: [Release], of service: ServiceIdentity) async throws -> Bool {
        try await current(of: service).elementsEqual(known) { $0.revision == $1.revision && $0.status == $1.status }
    }

    public func mark(_ release: Release, keeping limit: Int) async throws {
        try await save(release, keeping: limit)
    }
}

extension Diagnostic.Code {
    /// The service cannot become ready: waiting longer would not help.
    public static let doomed = Self("deploy.doomed", .failed)
    public static let timedOut = Self("deploy.timed-out", .timedOut)
    public static let locked = Self("deploy.locked", .locked)
    public static let unknownService = Self("service.unknown", .failed)
}
