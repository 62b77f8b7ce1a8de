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
    /// Seconds since 1970.
    private let now: @Sendable () -> Int

    package init(provider: any Provider, holder: String, now: @escaping @Sendable () -> Int) {
        self.provider = provider
        self.holder = holder
        self.now = now
    }

    package typealias Report = @Sendable (DeploymentEvent) -> Void

    /// Brings the service to the desired state and waits until it is ready.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport``; the release is then recorded as failed.
    package func deploy(
        _ release: Release, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        do {
            return try await deployed(release, options: options, report: report)
        } catch let error where !(error is CancellationError) {
            await options.failed(release, nil, error)
            throw error
        }
    }

    private func deployed(
        _ release: Release, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        // Planned before the lock is asked for: what cannot be done is told at once and leaves no trace, and what is
        // as desired needs no lock.
        let known = try await provider.releases.releases(of: release.service)
        let candidate = release.keepingScale(of: known, unless: options.replicasAreExplicit, at: now())
        let sketch = try await numberedPlan(of: candidate, after: known)
        try Self.check(sketch, options)
        if known.hasRecorded(sketch) {
            tellKeptScale(of: candidate, instead: release, report)
            report(.planned(sketch))
            return try await settled(sketch, history: known, options: options, report: report)
        }
        return try await locked(release.service, options, report) {
            let history = try await interruptedMarkedFailed(of: release.service)
            let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit, at: now())
            tellKeptScale(of: candidate, instead: release, report)
            // Nobody deployed in between: the plan still holds.
            let plan = history.isSame(as: known) ? sketch : try await numberedPlan(of: candidate, after: history)
            return try await apply(plan, history: history, options: options, report: report)
        }
    }

    /// - Throws: ``Diagnostic`` when the plan does more than it may, or not what was looked at.
    private static func check(_ plan: Plan, _ options: Options) throws(Diagnostic) {
        if let expected = options.expected, !expected.holds(plan) {
            throw Diagnostic(
                .error, .stalePlan, "the saved plan of `\(plan.release.service.name)` is out of date",
                why: "what is there has changed since: applying it would do something else than was shown",
                fix: "look at a new one with `synthdata-infra diff --save`")
        }
        guard let worst = plan.changes.max(by: { $0.effect < $1.effect }), worst.effect > options.maximumEffect else {
            return
        }
        throw Diagnostic(
            .error, .effectNotAllowed, "\(worst.resource) would need the effect `\(worst.effect)`",
            at: worst.fields.lazy.compactMap { $0.new?.location }.first { $0.isKnown },
            why: "at most `\(options.maximumEffect)` is allowed; \(worst.reason ?? "\(worst.action)")",
            fix: "--max-effect \(worst.effect.name) allows it")
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
            guard let current = history.lastDeployed else { throw Self.unknown(service) }
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
            if history.isEmpty { throw Self.unknown(service) }
            let running = try await provider.observe([service]).first?.revision
            let candidate = try history.rollbackTarget(revision, running: running).withoutExpiredScale(at: now())
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
        guard try await provider.releases.services().contains(service) else { throw Self.unknown(service) }
        // A destroy asks for its identity only.
        return Release(
            service: service, dataType: .tabular, provider: provider.kind, environment: .production, version: "",
            reason: "destroy", resources: [])
    }

    /// What `deploy` would do. Changes nothing and takes no lock.
    package func plan(_ release: Release, options: Options) async throws -> Plan {
        let history = try await provider.releases.releases(of: release.service)
        let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit, at: now())
        return try await numberedPlan(of: candidate, after: history)
    }

    func apply(
        _ plan: Plan, history: [Release], options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try Self.check(plan, options)
        try await options.confirm(plan)
        report(.planned(plan))
        if plan.release.revision == plan.baseRevision {
            return try await settled(plan, history: history, options: options, report: report)
        }
        var release = plan.release
        release.created = now()
        release.status = .pending
        try await save(release, after: history)
        do {
            let applied = try await provider.apply(plan, timeout: options.timeout, report: report)
            try await recordDeployed(release, history: history)
            return DeploymentResult(
                release.service, revision: release.revision, changed: true, scaleOverride: release.scaleOverride,
                applied)
        } catch let error where !(error is CancellationError) {
            release.status = .failed
            try await save(release, after: history)
            await options.failed(release, plan, error)
            throw await failed(release, with: error, history: history, options: options, report: report)
        }
    }

    /// What is told of a release that failed, once its predecessor is back where that was asked for.
    private func failed(
        _ release: Release, with error: any Error, history: [Release], options: Options, report: @escaping Report
    ) async -> any Error {
        await options.failed(release, nil, error)
        guard options.rollbackOnFailure, let good = history.lastDeployed, good.revision != release.revision else {
            return tellingWhatGoesOn(error, release.service, good: history.lastDeployed)
        }
        return Self.adding(await rollBack(to: good, options: options, report: report), to: error)
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
            throw await failed(running, with: error, history: history, options: options, report: report)
        }
        var known = history.first { $0.revision == plan.baseRevision }
        if known?.status != .deployed || known?.scaleOverride != running.scaleOverride
            || !history.hasSuperseded(for: running)
        {
            running.created = now()
            known?.scaleOverride = running.scaleOverride
            try await recordDeployed(known ?? running, history: history)
        }
        return DeploymentResult(
            running.service, revision: running.revision, changed: plan.hasChanges,
            scaleOverride: running.scaleOverride, applied)
    }

    /// Goes back to the release before a failed one.
    ///
    /// - Returns: what came of it, in words.
    private func rollBack(
        to good: Release, options: Options, report: @escaping Report
    ) async -> Diagnostic.Note {
        report(.rollingBack(toRevision: good.revision))
        var options = options
        options.rollbackOnFailure = false
        options.confirm = { _ in }
        options.failed = { _, _, _ in }
        do {
            let history = try await provider.releases.releases(of: good.service)
            let plan = try await numberedPlan(
                of: good.again(reason: "rollback to revision \(good.revision)").withoutExpiredScale(at: now()),
                after: history)
            let result = try await apply(plan, history: history, options: options, report: report)
            let place = result.endpoint.map { " at \($0)" } ?? ""
            return Diagnostic.Note(
                result.revision == good.revision
                    ? "revision \(good.revision) runs again\(place)"
                    : "revision \(good.revision) runs again\(place), as revision \(result.revision)")
        } catch is CancellationError {
            return Diagnostic.Note(
                "the rollback was interrupted; `\(command("rollback", good.service)) "
                    + "--to-revision \(good.revision)` completes it")
        } catch {
            return Diagnostic.Note("the rollback to revision \(good.revision) failed too: \(error)")
        }
    }

    /// The error with a note at its end.
    private static func adding(_ note: Diagnostic.Note, to error: any Error) -> any Error {
        switch error {
        case var problem as Diagnostic:
            problem.notes.append(note)
            return problem
        case let report as DiagnosticReport:
            var diagnostics = report.diagnostics
            guard let last = diagnostics.indices.last else { return error }
            diagnostics[last].notes.append(note)
            return DiagnosticReport(diagnostics)
        default:
            return error
        }
    }

    /// A release that timed out is still being applied: who has given up waiting has to know, and how to end it.
    private func tellingWhatGoesOn(_ error: any Error, _ service: ServiceIdentity, good: Release?) -> any Error {
        guard var problem = error as? Diagnostic, problem.code == .timedOut else { return error }
        let end =
            good.map { "`\(command("rollback", service))` takes it back to revision \($0.revision)" }
            ?? "`\(command("destroy", service))` ends it"
        problem.fix = "\(problem.fix.map { "\($0); " } ?? "")it keeps trying meanwhile: \(end)"
        return problem
    }

    /// As it has to be typed to reach this service.
    private func command(_ verb: String, _ service: ServiceIdentity) -> String {
        let place = provider.kind == .local ? "" : " --provider \(provider.kind.rawValue)"
        return "synthdata-infra \(verb) \(service.name)\(place)"
    }

    private func recordDeployed(_ release: Release, history: [Release]) async throws {
        var release = release
        release.status = .deployed
        let others = history.filter { $0.revision != release.revision }
        let after = others.map(\.superseded) + [release]
        try await save(release, after: after)
        for (old, new) in zip(others, after) where old.status != new.status { try await save(new, after: after) }
    }

    /// Saves within the history's limit, which gives way where it would forget the last good release:
    /// after many failures that is still the one that runs, and the one to go back to.
    private func save(_ release: Release, after history: [Release]) async throws {
        var revisions = Set(history.map(\.revision))
        revisions.insert(release.revision)
        let good = history.lastDeployed?.revision ?? release.revision
        let needed = revisions.count { $0 >= good }
        try await provider.releases.save(release, keeping: max(release.historyLimit, needed))
    }

    /// The history under the lock: whoever left a release pending is gone. One that was killed between
    /// applying and recording it left a release that serves; any other one is marked failed.
    func interruptedMarkedFailed(of service: ServiceIdentity) async throws -> [Release] {
        var history = try await provider.releases.releases(of: service)
        guard history.contains(where: { $0.status == .pending }) else { return history }
        if let served = try await provider.observe([service]).first?.servedRevision,
            let release = history.first(where: { $0.revision == served && $0.status == .pending }),
            await stands(release)
        {
            try await recordDeployed(release, history: history)
            history = try await provider.releases.releases(of: service)
        }
        for index in history.indices where history[index].status == .pending {
            history[index].status = .failed
            try await save(history[index], after: history)
        }
        return history
    }

    /// Whether the whole release was applied: a provider may count one as what runs from the moment that it is begun.
    private func stands(_ release: Release) async -> Bool {
        guard let plan = try? await provider.plan(release, deleteData: false) else { return false }
        return !plan.hasChanges
    }

    func locked<Result: Sendable>(
        _ service: ServiceIdentity, _ options: Options, _ report: @escaping Report,
        _ work: () async throws -> Result
    ) async throws -> Result {
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

    static func unknown(_ service: ServiceIdentity) -> Diagnostic {
        Diagnostic(
            .error, .unknownService, "there is no service `\(service.name)` in namespace `\(service.namespace)`",
            fix: "`synthdata-infra status` lists the services")
    }
}
