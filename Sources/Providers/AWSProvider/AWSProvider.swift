import AWSClient
package import Diagnostics
import Documents
import KubernetesProvider
package import ServiceModel
package import TerraformClient

/// Runs services on Amazon EKS: the cluster's objects as any cluster has them, and around it what a service needs of AWS.
///
/// Both stand in one plan. What pods need is made before them; what nobody needs any more goes last.
package struct AWSProvider: Provider {
    package let kind = ProviderKind.aws
    let ground: AWSGround
    private let terraform: TerraformEngine
    private let propagation: Duration
    private let memory = TerraformMemory()
    /// The provider of the cluster, for a fleet or a preview where that was asked for.
    private(set) var cluster: @Sendable () async throws -> KubernetesProvider
    /// Of a fleet that is planned.
    private var look: AccountLook?
    /// Told of what would keep a plan from being applied, where it is only looked at.
    private var obstacles: (@Sendable ([Diagnostic]) -> Void)?

    /// - Parameters:
    ///   - terraform: for services that have their resources made by it.
    ///   - propagation: how long a new identity of pods needs until it is known everywhere. Pods that are made before
    ///     that stay without one.
    ///     https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
    package init(_ ground: AWSGround, terraform: TerraformEngine, propagation: Duration = .seconds(10)) {
        self.ground = ground
        self.terraform = terraform
        self.propagation = propagation
        cluster = { try await ground.found().kubernetes }
    }

    /// The same, with another way of looking at the cluster.
    private func through(_ cluster: @escaping @Sendable () async throws -> KubernetesProvider) -> AWSProvider {
        var provider = self
        provider.cluster = cluster
        return provider
    }

    package var releases: any ReleaseStore { AWSReleaseStore { [cluster] in try await cluster().releases } }

    package var deploymentsAtOnce: Int { 32 }

    /// The same way of looking for all that ask.
    package func forFleet() -> any Provider {
        let shared = Task { [cluster] in try await cluster().lookingTogether() }
        var provider = through { try await shared.value }
        provider.look = AccountLook()
        return provider
    }

    package func forPreview(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> any Provider {
        var provider = through { [cluster] in try await cluster().telling(obstacles) }
        provider.obstacles = obstacles
        return provider
    }

    package func lookAhead(for release: Release) async { await (try? cluster())?.lookAhead(for: release) }

    package func verify(_ release: Release) async throws { try await cluster().verify(release) }

    /// The account that the credentials are of.
    package func account() async throws -> String { try await ground.found().identity.account }

    // MARK: Plan

    package func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        let cluster = try await self.cluster()
        async let objects = cluster.plan(release, deleteData: deleteData)
        let look = look.flatMap { $0.begins(release.service) ? $0 : nil }
        // A plan by Terraform takes too long to be made twice.
        let needsNodes = release.terraformModule == nil ? false : Self.raisesReplicas(try await objects.changes)
        async let around = cloudPlan(release, cluster, deleteData: deleteData, look: look, needsNodes: needsNodes)
        var (plan, cloud) = try await (objects, around)
        if release.terraformModule == nil, Self.raisesReplicas(plan.changes) {
            cloud = try await cloudPlan(release, cluster, deleteData: deleteData, look: look, needsNodes: true)
        }
        let changes =
            cloud.changes.filter { $0.action != .delete } + plan.changes
            + cloud.changes.reversed().filter { $0.action == .delete }
        let problems = try await cloud.problems(changes)
        if !problems.isEmpty {
            guard let obstacles else { throw DiagnosticReport(problems) }
            obstacles(problems)
        }
        var planned = plan.release
        planned.kept = cloud.kept
        return Plan(release: planned, baseRevision: plan.baseRevision, changes: changes)
    }

    private func cloudPlan(
        _ release: Release, _ cluster: KubernetesProvider, deleteData: Bool, look: AccountLook?,
        needsNodes: Bool = false
    ) async throws -> any CloudWork {
        let past = try await cluster.releases.current(for: release)
        return try await reconciler(
            for: release, past: past, isPreview: obstacles != nil, look: look, needsNodes: needsNodes
        ).work(for: release, past: past, deleteData: deleteData, shown: nil)
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

    /// The way in which the release is made, or that in which what goes was made.
    ///
    /// - Parameter mayWrite: asked before each write.
    /// - Throws: ``Diagnostic`` where it was made by Terraform and is not to be any more.
    private func reconciler(
        for release: Release, past: [Release], isPreview: Bool = false, look: AccountLook? = nil,
        needsNodes: Bool = false,
        mayWrite: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> any CloudReconciler {
        let made = past.maker
        let wanted = release.resources.isEmpty ? made : release
        let usesTerraform = wanted?.terraformModule != nil
        if let made, made.terraformModule != nil, !usesTerraform {
            throw Diagnostic(
                .error, .otherEngine, "revision \(made.revision) of `\(release.service.name)` was made by Terraform",
                why: "its state would go on to hold what it has at AWS, and Terraform would change that back, or delete"
                    + " it, whenever it is run again",
                fix: "go on with `--engine terraform` or `providers.aws.engine: terraform`, or destroy the service"
                    + " first")
        }
        var context = try await context(ground.api.writing(while: mayWrite))
        context.needsNodes = needsNodes
        context.look = look
        guard usesTerraform else { return RESTReconciler(context: context) }
        return TerraformReconciler(
            engine: terraform, context: context, memory: memory, isPreview: isPreview, mayWrite: mayWrite)
    }

    private func context(_ api: AWSAPI) async throws -> DriverContext {
        let found = try await ground.found()
        return DriverContext(
            api: api, identity: found.identity, cluster: found.cluster, propagation: propagation)
    }

    // MARK: Apply

    package func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        let cluster = try await self.cluster()
        let service = plan.release.service
        let objects = Plan(
            release: plan.release, baseRevision: plan.baseRevision,
            changes: plan.changes.filter { !$0.resource.isCloud })
        let isDestroyed = plan.release.resources.isEmpty
        guard isDestroyed || plan.changes.contains(where: { $0.resource.isCloud && $0.action != .unchanged }) else {
            return try await cluster.apply(objects, timeout: timeout, report: report)
        }
        let deleteData = plan.changes.contains { $0.action == .delete && $0.effect == .dataLoss }
        let past = try await cluster.releases.current(of: service)
        let reconciler = try await reconciler(
            for: plan.release, past: past, needsNodes: Self.raisesReplicas(plan.changes)
        ) { try await cluster.checkLock(of: service) }
        let cloud = try await reconciler.work(
            for: plan.release, past: past, deleteData: deleteData,
            shown: plan.changes.filter { $0.resource.isCloud })
        try Self.check(cloud, isNoMoreThan: plan)
        // The rollout has a limit of its own, and says more of why it is late.
        try await TimeLimit.of(timeout, for: service, isDestroyed: isDestroyed) { try await cloud.beforePods(report) }
        let applied = try await cluster.apply(objects, timeout: timeout, report: report)
        let leftovers = try await TimeLimit.of(timeout, for: service, isDestroyed: isDestroyed) {
            try await cloud.afterPods(report)
        }
        return Applied(
            endpoint: applied.endpoint, monitoringURL: applied.monitoringURL, leftovers: applied.leftovers + leftovers)
    }

    /// - Throws: ``Diagnostic`` where more would be done to what is there than was agreed to.
    private static func check(_ cloud: any CloudWork, isNoMoreThan plan: Plan) throws(Diagnostic) {
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
        let cluster = try await self.cluster()
        return try await withUnfinished(in: namespace) {
            try await cluster.observe(in: namespace, withEndpoints: withEndpoints)
        }
    }

    package func inspect(_ service: ServiceIdentity) async throws -> ServiceInspection? {
        if let found = try await cluster().inspect(service) { return found }
        return try await withUnfinished(service, in: service.namespace) { [] }.first
            .map { ServiceInspection(status: $0) }
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

extension [Release] {
    /// The release that tells which way a service's resources are made: the last one that was deployed. An attempt to
    /// have Terraform take them over that has failed leaves them as they were.
    var maker: Release? {
        let made = filter { release in release.resources.contains { $0.identity.isCloud } }
        return made.last { [.deployed, .destroyed].contains($0.status) } ?? made.last
    }
}

extension AWSProvider: DriftDetecting {
    package func drift(from release: Release) async throws -> [ObjectDrift] {
        let cluster = try await self.cluster()
        async let objects = cluster.drift(from: release)
        async let around = reconciler(for: release, past: [], isPreview: true)
            .work(for: release, past: [], deleteData: false, shown: nil)
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
            if !fields.isEmpty { return ObjectDrift(resource: change.resource, kind: .changed, fields: fields) }
            guard change.action == .replace, let reason = change.reason else { return nil }
            // It has all its values, and does not serve.
            let state = FieldDrift(
                path: NodePath(keys: ["status"]), deployed: "ready", live: .string(reason), author: nil,
                isSecret: false)
            return ObjectDrift(resource: change.resource, kind: .changed, fields: [state])
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
    static let otherEngine = Self("aws.other-engine", .failed)
}
