import AWSClient
package import Diagnostics
import Documents
import KubernetesProvider
package import ServiceModel

/// Runs services on Amazon EKS: the cluster's objects as any cluster has them, and around it what a service needs of AWS.
///
/// Both stand in one plan. What pods need is made before them; what nobody needs any more goes last.
package struct AWSProvider: Provider {
    package let kind = ProviderKind.aws
    let ground: AWSGround
    /// The provider of the cluster, for a fleet or a preview where that was asked for.
    private let cluster: @Sendable () async throws -> KubernetesProvider
    /// Told of what would keep a plan from being applied, where it is only looked at.
    private var obstacles: (@Sendable ([Diagnostic]) -> Void)?

    package init(_ ground: AWSGround) {
        self.init(ground) { try await ground.found().kubernetes }
    }

    private init(_ ground: AWSGround, _ cluster: @escaping @Sendable () async throws -> KubernetesProvider) {
        self.ground = ground
        self.cluster = cluster
    }

    package var releases: any ReleaseStore { AWSReleaseStore { [cluster] in try await cluster().releases } }

    package var deploymentsAtOnce: Int { 32 }

    /// The same way of looking for all that ask.
    package func forFleet() -> any Provider {
        let shared = Task { [cluster] in try await cluster().lookingTogether() }
        var provider = AWSProvider(ground) { try await shared.value }
        provider.obstacles = obstacles
        return provider
    }

    package func forPreview(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> any Provider {
        var provider = AWSProvider(ground) { [cluster] in try await cluster().telling(obstacles) }
        provider.obstacles = obstacles
        return provider
    }

    package func lookAhead(for release: Release) async { await (try? cluster())?.lookAhead(for: release) }

    package func verify(_ release: Release) async throws { try await cluster().verify(release) }

    /// The account that the credentials are of.
    package func account() async throws -> String { try await ground.found().identity.account }

    // MARK: Plan

    package func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        let cluster = try await cluster()
        async let objects = cluster.plan(release, deleteData: deleteData)
        async let around = cloudPlan(release, cluster, deleteData: deleteData)
        var (plan, cloud) = try await (objects, around)
        if Self.raisesReplicas(plan.changes) {
            cloud = try await cloudPlan(release, cluster, deleteData: deleteData, needsNodes: true)
        }
        let changes =
            cloud.changes.filter { $0.action != .delete } + plan.changes
            + cloud.changes.reversed().filter { $0.action == .delete }
        let problems = try await CloudPreflight(context: context(ground.api), release: release, plan: cloud)
            .problems(changes)
        if !problems.isEmpty {
            guard let obstacles else { throw DiagnosticReport(problems) }
            obstacles(problems)
        }
        return Plan(release: plan.release, baseRevision: plan.baseRevision, changes: changes)
    }

    private func cloudPlan(
        _ release: Release, _ cluster: KubernetesProvider, deleteData: Bool, needsNodes: Bool = false
    ) async throws -> CloudPlan {
        let past = try await cluster.releases.current(of: release.service)
        var context = try await context(ground.api)
        context.needsNodes = needsNodes
        return try await CloudPlanner(context: context).plan(release, past: past, deleteData: deleteData)
    }

    /// Whether more pods are asked for than were before.
    private static func raisesReplicas(_ changes: [Change]) -> Bool {
        changes.contains { change in
            change.fields.contains { field in
                let counts = [NodePath(keys: ["spec", "replicas"]), NodePath(keys: ["spec", "minReplicas"])]
                guard counts.contains(field.path) else { return false }
                return field.new?.integer ?? 0 > field.old?.integer ?? 0
            }
        }
    }

    private func context(_ api: AWSAPI) async throws -> DriverContext {
        let found = try await ground.found()
        return DriverContext(api: api, identity: found.identity, cluster: found.cluster)
    }

    // MARK: Apply

    package func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        let cluster = try await cluster()
        let service = plan.release.service
        let objects = Plan(
            release: plan.release, baseRevision: plan.baseRevision,
            changes: plan.changes.filter { !$0.resource.isCloud })
        let isDestroyed = plan.release.resources.isEmpty
        guard isDestroyed || plan.changes.contains(where: { $0.resource.isCloud && $0.action != .unchanged }) else {
            return try await cluster.apply(objects, timeout: timeout, report: report)
        }
        let api = ground.api.writing { try await cluster.checkLock(of: service) }
        let deleteData = plan.changes.contains { $0.action == .delete && $0.effect == .dataLoss }
        // As it is now: what a killed deployment has made since the plan is found.
        let cloud = try await cloudPlan(
            plan.release, cluster, deleteData: deleteData, needsNodes: Self.raisesReplicas(plan.changes))
        try Self.check(cloud, isNoMoreThan: plan)
        let applier = CloudApplier(context: try await context(api), report: report)
        // The rollout has a limit of its own, and says more of why it is late.
        try await TimeLimit.of(timeout, for: service) { try await applier.write(cloud, beforePods: true) }
        let applied = try await cluster.apply(objects, timeout: timeout, report: report)
        let leftovers = try await TimeLimit.of(timeout, for: service) {
            try await applier.write(cloud, beforePods: false)
            return try await applier.remove(cloud, deleteData: deleteData)
        }
        return Applied(
            endpoint: applied.endpoint, monitoringURL: applied.monitoringURL, leftovers: applied.leftovers + leftovers)
    }

    /// - Throws: ``Diagnostic`` where more would be done to what is there than was agreed to.
    private static func check(_ cloud: CloudPlan, isNoMoreThan plan: Plan) throws(Diagnostic) {
        let agreed = Dictionary(plan.changes.map { ($0.resource, $0.effect) }, uniquingKeysWith: max)
        for change in cloud.changes where change.effect > agreed[change.resource] ?? .none {
            throw Diagnostic(
                .error, .staleCloud, "\(change.resource) has changed since the plan was made",
                why: "to \(change.action.rawValue) it would do more than was agreed to: \(change.effect)",
                fix: "look at a new plan with `synthdata-infra diff`, and deploy again")
        }
    }

    package func lock(
        _ service: ServiceIdentity, holder: String, wait: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> any DeploymentLock {
        try await cluster().lock(service, holder: holder, wait: wait, report: report)
    }

    // MARK: Observe

    package func observe(_ services: [ServiceIdentity]?) async throws -> [ServiceStatus] {
        try await cluster().observe(services)
    }

    package func observe(in namespace: String?, withEndpoints: Bool) async throws -> [ServiceStatus] {
        try await cluster().observe(in: namespace, withEndpoints: withEndpoints)
    }

    package func inspect(_ service: ServiceIdentity) async throws -> ServiceInspection? {
        try await cluster().inspect(service)
    }

    package func logs(
        of service: ServiceIdentity, replica: String?, tail: Int?, follow: Bool
    ) -> AsyncThrowingStream<LogLine, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task { [cluster] in
                do {
                    let lines = try await cluster().logs(of: service, replica: replica, tail: tail, follow: follow)
                    for try await line in lines { continuation.yield(line) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

extension AWSProvider: DriftDetecting {
    package func drift(from release: Release) async throws -> [ObjectDrift] {
        let cluster = try await cluster()
        async let objects = cluster.drift(from: release)
        async let around = CloudPlanner(context: try await context(ground.api))
            .plan(release, past: [], deleteData: false)
        return try await objects + around.changes.compactMap(Self.drift)
    }

    private static func drift(_ change: Change) -> ObjectDrift? {
        switch change.action {
        case .unchanged, .delete: return nil
        case .create: return ObjectDrift(resource: change.resource, kind: .missing)
        case .update, .replace:
            let fields = change.fields.map { field in
                FieldDrift(path: field.path, deployed: field.new, live: field.old, author: nil, isSecret: false)
            }
            return fields.isEmpty ? nil : ObjectDrift(resource: change.resource, kind: .changed, fields: fields)
        }
    }
}

extension AWSProvider: EvidenceGathering {
    package func evidence(of service: ServiceIdentity, _ resources: [Resource]) async -> Evidence {
        do {
            return try await cluster().evidence(of: service, resources)
        } catch {
            return Evidence([.init("cluster.txt", .unreadable("\(error)"))])
        }
    }
}

extension Diagnostic.Code {
    static let staleCloud = Self("aws.changed-meanwhile", .failed)
}
