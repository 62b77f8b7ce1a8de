import Diagnostics
import Documents
package import ServiceModel

/// Takes a release from wish to reality at one provider: lock, plan, record, apply, record.
///
/// There is one way through it. `scale` is a deploy of one changed value, `rollback` a deploy of an
/// older release, `destroy` a deploy of nothing. After a kill at any moment the same call converges.
package struct Deployer: Sendable {
    package struct Options: Sendable {
        /// How long to wait for readiness.
        package var timeout = TimeSpan(seconds: 600)
        /// How long to wait while another deployment of the service is under way.
        package var lockWait = TimeSpan(seconds: 60)
        /// Whether to go back to the last good release when the new one fails.
        package var rollbackOnFailure = false
        /// Whether a destroy also deletes stored data.
        package var deleteData = false
        /// Whether the caller named the number of replicas, which ends what `scale` set.
        package var replicasAreExplicit = false
        /// The strongest effect that a change may have.
        package var maximumEffect = Effect.rolling
        /// Asked before a plan is applied; throws where a person declines it.
        package var confirm: @Sendable (Plan) async throws -> Void = { _ in }
        /// Told of a deployment that failed, before anything is taken back; may be told twice of one.
        package var failed: @Sendable (Release, Plan?, any Error) async -> Void = { _, _, _ in }
        /// What was planned and looked at: anything else is not done.
        package var expected: SavedPlan?

        package init() {}
    }

    let provider: any Provider
    /// Who deploys: shown to those who find the service locked.
    private let holder: String
    /// The cluster that the configuration names for what was released.
    private let pin: @Sendable (Release) -> ClusterPin?
    /// Seconds since 1970.
    let now: @Sendable () -> Int

    /// - Parameter pin: the cluster that the configuration names today for what was released, which goes before the one
    ///   that it was released with.
    package init(
        provider: any Provider, holder: String, pin: @escaping @Sendable (Release) -> ClusterPin? = { _ in nil },
        now: @escaping @Sendable () -> Int
    ) {
        self.provider = provider
        self.holder = holder
        self.pin = pin
        self.now = now
    }

    /// The same, for deploying several services now.
    func forFleet() -> Deployer {
        Deployer(provider: provider.forFleet(), holder: holder, pin: pin, now: now)
    }

    func lookAhead(for release: Release) async { await provider.lookAhead(for: release) }

    func verify(_ release: Release) async throws { try await provider.verify(release) }

    var deploymentsAtOnce: Int { provider.deploymentsAtOnce }

    package typealias Report = @Sendable (DeploymentEvent) -> Void

    /// Brings the service to the desired state and waits until it is ready.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport``; the release is then recorded as failed.
    package func deploy(
        _ release: Release, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        do {
            // A plan that was saved is compared with one whose hashes of secrets have the same key.
            return try await SecretRedaction.$key.withValue(options.expected?.key ?? SecretRedaction.key) {
                try await deployed(release, options: options, report: report)
            }
        } catch let error where !(error is CancellationError) {
            await options.failed(release, nil, error)
            throw error
        }
    }

    private func deployed(
        _ release: Release, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await verify(release, as: options.expected)
        // Planned before the lock is asked for: what cannot be done is told at once and leaves no trace, and what is
        // as desired needs no lock.
        let known = try await history(for: release)
        let candidate = release.keepingScale(of: known, unless: options.replicasAreExplicit, at: now())
        let sketch = try await numberedPlan(of: candidate, after: known)
        try check(sketch, options)
        if known.hasRecorded(sketch) {
            tellKeptScale(of: candidate, instead: release, report)
            report(.planned(sketch))
            return try await settled(sketch, history: known, options: options, report: report)
        }
        return try await locked(release.service, options, report, isVerified: true) {
            let isInterrupted = known.contains { $0.status == .pending }
            let isNew = sketch.release.revision != sketch.baseRevision
            if isNew, !isInterrupted, try await provider.releases.stand(known, of: release.service) {
                // Nobody deployed in between: the plan still holds.
                tellKeptScale(of: candidate, instead: release, report)
                return try await apply(sketch, history: known, options: options, report: report)
            }
            let history = try await interruptedMarkedFailed(of: release.service)
            let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit, at: now())
            tellKeptScale(of: candidate, instead: release, report)
            let plan = try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }

    /// Those that count of the past. Who may not even read it is told by a plan what else they lack.
    private func history(for release: Release) async throws -> [Release] {
        do {
            return try await provider.releases.current(for: release)
        } catch let problem as Diagnostic where problem.code.outcome == .denied {
            _ = try await provider.plan(release, deleteData: false)
            throw problem
        }
    }

    /// - Throws: ``Diagnostic`` when the plan does more than it may, or not what was looked at.
    private func check(_ plan: Plan, _ options: Options) throws(Diagnostic) {
        if let expected = options.expected, !expected.holds(plan) {
            throw Diagnostic(
                .error, .stalePlan, "the saved plan of `\(plan.release.service.name)` is out of date",
                why: "what is there has changed since: applying it would do something else than was shown",
                fix:
                    "look at a new one with `synthdata-infra diff\(CommandFlags.place(provider.kind, in: nil)) --save FILE`"
            )
        }
        try plan.check(atMost: options.maximumEffect)
    }

    private func tellKeptScale(of candidate: Release, instead configured: Release, _ report: Report) {
        guard let kept = candidate.scaleOverride, let asked = configured.askedReplicas,
            "\(asked)" != "\(kept.replicas)"
        else { return }
        let time = kept.timeLeft(at: now()).map { " for another \($0)" } ?? ""
        report(
            .warning(
                "\(Release.count(kept.replicas)) \(kept.replicas == 1 ? "is" : "are") kept\(time), as `scale` set them,"
                    + " instead of \(asked); --replicas ends that"))
    }

    /// Changes the number of replicas of what runs; later deployments keep it until one names replicas.
    ///
    /// - Parameter time: after how long it expires; nil means never.
    package func scale(
        _ service: ServiceIdentity, to replicas: Int, for time: TimeSpan? = nil, options: Options,
        report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            guard let current = history.lastDeployed else { throw unknown(service) }
            let candidate = current.scaled(to: replicas, for: time, at: now())
            let plan = try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }

    /// Takes back what `scale` set for a time that is over.
    ///
    /// - Returns: nil where nothing has expired: then nothing was done, and no lock was taken.
    package func expireScale(
        of service: ServiceIdentity, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult? {
        func expired(_ history: [Release]) -> Release? {
            guard let current = history.lastDeployed, let old = current.scaleOverride, old.isExpired(at: now()) else {
                return nil
            }
            return current.again(reason: "scale to \(Release.count(old.replicas)) has expired")
                .withoutExpiredScale(at: now())
        }
        guard expired(try await provider.releases.releases(of: service)) != nil else { return nil }
        return try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            guard let candidate = expired(history) else { return nil }
            let plan = try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }

    /// Deploys an older release again.
    ///
    /// - Parameter revision: which one; nil means the newest that was deployed before the running one and
    ///   differs from it.
    package func rollback(
        _ service: ServiceIdentity, to revision: Int?, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            if history.isEmpty { throw unknown(service) }
            let running = try await provider.observe([service]).first?.revision
            var candidate = try history.rollbackTarget(revision, running: running, at: provider.place)
                .withoutExpiredScale(at: now())
            // Where it was deployed to then is no longer of interest.
            candidate.cluster = history.last?.cluster
            let plan = try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }

    /// Removes a service; its data only when asked.
    package func destroy(
        _ service: ServiceIdentity, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await provider.releases.releases(of: service)
            var last: Release
            if let known = history.last { last = known } else { last = try await remains(of: service) }
            var nothing = last
            nothing.resources = []
            nothing.reason = "destroy"
            let plan = try await provider.plan(nothing, deleteData: options.deleteData)
            report(.planned(plan))
            let applied = try await provider.apply(plan, timeout: options.timeout, report: report)
            if applied.leftovers.isEmpty {
                try await provider.releases.removeAll(of: service)
            } else {
                // Somebody has to remember whose data was kept, for it to be found and deleted one day.
                last.status = .destroyed
                try await provider.releases.save(last, keeping: 1)
            }
            return DeploymentResult(
                service, revision: last.revision, changed: plan.hasChanges, scaleOverride: nil, applied)
        }
    }

    /// A service of which no release can be read: what a destroy leaves that is cut off amid the parts of its last one.
    private func remains(of service: ServiceIdentity) async throws -> Release {
        guard try await provider.releases.services(in: service.namespace).contains(service) else {
            throw unknown(service)
        }
        // A destroy asks for its identity only.
        return Release(
            service: service, dataType: .tabular, provider: provider.kind, environment: .production, version: "",
            reason: "destroy", resources: [])
    }

    /// What `deploy` would do. Changes nothing and takes no lock.
    package func plan(_ release: Release, options: Options) async throws -> Plan {
        try await provider.verify(release)
        let history = try await history(for: release)
        let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit, at: now())
        return try await numberedPlan(of: candidate, after: history)
    }

    func apply(
        _ plan: Plan, history: [Release], options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try check(plan, options)
        try await options.confirm(plan)
        report(.planned(plan))
        if plan.release.revision == plan.baseRevision {
            return try await settled(plan, history: history, options: options, report: report)
        }
        var release = plan.release
        release.created = now()
        release.status = .pending
        try await save(release, after: history)
        let applied: Applied
        do {
            applied = try await provider.apply(plan, timeout: options.timeout, report: report)
        } catch let error where !(error is CancellationError) {
            release.status = .failed
            var problem: any Error = error
            do {
                try await save(release, after: history, isKept: true)
            } catch {
                // What went wrong first is what has to be known.
                problem = Self.adding(Diagnostic.Note("that it failed could not be recorded: \(error)"), to: error)
            }
            throw await failed(release, plan, with: problem, history: history, options: options, report: report)
        }
        // Where this cannot be recorded, it stays pending, and the next deployment finds out that it serves.
        try await recordDeployed(release, history: history, isKept: true)
        return DeploymentResult(
            release.service, revision: release.revision, changed: true, scaleOverride: release.scaleOverride,
            applied)
    }

    /// The plan of a candidate with the next revision, or with that of what it is equal to. What runs counts
    /// too: where the history was lost, its number must not be given to something else.
    func numberedPlan(of candidate: Release, after history: [Release]) async throws -> Plan {
        let numbered = candidate.numbered(after: history.map(\.revision))
        let plan = try await provider.plan(numbered, deleteData: false)
        // Only a release that is known to have been good is repaired; another attempt at one that failed is
        // recorded as such.
        let base = history.first { $0.revision == plan.baseRevision }
        if !plan.hasChanges || (plan.isRepair && base?.status == .deployed) {
            var release = plan.release
            release.revision = plan.baseRevision
            return Plan(release: release, baseRevision: plan.baseRevision, changes: plan.changes)
        }
        guard plan.baseRevision >= numbered.revision else { return plan }
        return try await provider.plan(candidate.numbered(after: [plan.baseRevision]), deleteData: false)
    }

    /// Nothing to change but that it runs, so that it keeps its revision; readiness is waited for. What the
    /// history does not know of it is mended: that a killed deployment had applied it before it could say
    /// so, that a file was lost, or who chose the number of replicas.
    private func settled(
        _ plan: Plan, history: [Release], options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        var running = plan.release
        let applied: Applied
        do {
            applied = try await provider.apply(plan, timeout: options.timeout, report: report)
        } catch let error where !(error is CancellationError) {
            // It stands since a deployment that ended before it knew what came of it.
            throw await failed(running, plan, with: error, history: history, options: options, report: report)
        }
        var known = history.first { $0.revision == plan.baseRevision }
        if known?.status != .deployed || known?.scaleOverride != running.scaleOverride
            || known?.cluster?.uid != running.cluster?.uid
            || !history.hasSuperseded(for: running)
        {
            running.created = now()
            known?.scaleOverride = running.scaleOverride
            known?.cluster = running.cluster
            try await recordDeployed(known ?? running, history: history)
        }
        return DeploymentResult(
            running.service, revision: running.revision, changed: plan.hasChanges,
            scaleOverride: running.scaleOverride, applied)
    }

    /// - Parameter isVerified: whether the place is known to be the one that is meant.
    func locked<Result: Sendable>(
        _ service: ServiceIdentity, _ options: Options, _ report: @escaping Report, isVerified: Bool = false,
        _ work: () async throws -> Result
    ) async throws -> Result {
        if !isVerified { try await verifyPlace(of: service) }
        let lock = try await provider.lock(service, holder: holder, wait: options.lockWait, report: report)
        do {
            let result = try await work()
            await lock.release()
            return result
        } catch {
            await lock.release()
            throw error
        }
    }

    /// Before so much as a lock is written, which would be the first trace of a service that is not there.
    private func verifyPlace(of service: ServiceIdentity) async throws {
        var last: Release
        if let known = try await provider.releases.current(of: service).last {
            last = known
        } else {
            last = try await remains(of: service)
        }
        last.cluster = pin(last) ?? last.cluster
        try await provider.verify(last)
    }

    func unknown(_ service: ServiceIdentity) -> Diagnostic {
        Diagnostic(
            .error, .unknownService, "there is no service `\(service.name)` in namespace `\(service.namespace)`",
            fix: "`synthdata-infra status\(CommandFlags.place(provider.kind, in: provider.place))` lists the services")
    }
}
