import Diagnostics
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

        package init() {}
    }

    private let provider: any Provider
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
        try await locked(release.service, options, report) {
            let history = try await interruptedMarkedFailed(of: release.service)
            let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit)
            return try await apply(candidate, history: history, options: options, report: report)
        }
    }

    /// Changes the number of replicas of what runs; later deployments keep it until one names replicas.
    package func scale(
        _ service: ServiceIdentity, to replicas: Int, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            guard let current = history.lastDeployed else { throw Self.unknown(service) }
            let candidate = current.scaled(to: replicas)
            return try await apply(candidate, history: history, options: options, report: report)
        }
    }

    /// Deploys an older release again.
    ///
    /// - Parameter revision: which one; nil means the last good one before the current.
    package func rollback(
        _ service: ServiceIdentity, to revision: Int?, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await interruptedMarkedFailed(of: service)
            if history.isEmpty { throw Self.unknown(service) }
            let candidate = try history.rollbackTarget(revision)
            return try await apply(candidate, history: history, options: options, report: report)
        }
    }

    /// Removes a service; its data only when asked.
    package func destroy(
        _ service: ServiceIdentity, options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        try await locked(service, options, report) {
            let history = try await provider.releases.releases(of: service)
            guard var last = history.last else { throw Self.unknown(service) }
            last.resources = []
            last.reason = "destroy"
            let plan = try await provider.plan(last, deleteData: options.deleteData)
            report(.planned(plan))
            let applied = try await provider.apply(plan, timeout: options.timeout, report: report)
            try await provider.releases.removeAll(of: service)
            return DeploymentResult(plan: plan, revision: last.revision, changed: plan.hasChanges, applied: applied)
        }
    }

    /// What `deploy` would do. Changes nothing and takes no lock.
    package func plan(_ release: Release, options: Options) async throws -> Plan {
        let history = try await provider.releases.releases(of: release.service)
        let candidate = release.keepingScale(of: history, unless: options.replicasAreExplicit)
        return try await provider.plan(candidate.numbered(after: history), deleteData: false)
    }

    private func apply(
        _ candidate: Release, history: [Release], options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        var release = candidate.numbered(after: history)
        release.created = now()
        release.status = .pending
        let plan = try await provider.plan(release, deleteData: false)
        report(.planned(plan))
        guard plan.hasChanges else {
            return try await unchanged(plan, history: history, options: options, report: report)
        }
        try await provider.releases.save(release, keeping: release.historyLimit)
        do {
            let applied = try await provider.apply(plan, timeout: options.timeout, report: report)
            try await record(release, as: .deployed, history: history)
            return DeploymentResult(plan: plan, revision: release.revision, changed: true, applied: applied)
        } catch let error where !(error is CancellationError) {
            try await record(release, as: .failed, history: [])
            guard options.rollbackOnFailure, let good = history.lastDeployed else { throw error }
            try await rollBack(to: good, after: release, because: error, options: options, report: report)
            throw error
        }
    }

    /// Nothing to change; but what a killed deployment had applied before it could say so is now known
    /// to be deployed, and readiness is still waited for.
    private func unchanged(
        _ plan: Plan, history: [Release], options: Options, report: @escaping Report
    ) async throws -> DeploymentResult {
        var plan = plan
        if let last = history.last, last.revision == plan.baseRevision {
            // What is served stays that revision; a new number would name a release that history does not have.
            var served = plan.release
            served.revision = last.revision
            plan = Plan(release: served, baseRevision: plan.baseRevision, changes: plan.changes)
        }
        let applied = try await provider.apply(plan, timeout: options.timeout, report: report)
        guard let last = history.last else {
            return DeploymentResult(plan: plan, revision: plan.baseRevision, changed: false, applied: applied)
        }
        if last.status != .deployed, last.revision == plan.baseRevision {
            try await record(last, as: .deployed, history: history.dropLast())
        }
        return DeploymentResult(plan: plan, revision: plan.baseRevision, changed: false, applied: applied)
    }

    private func rollBack(
        to good: Release, after failed: Release, because error: any Error, options: Options, report: @escaping Report
    ) async throws {
        report(.rollingBack(toRevision: good.revision))
        var options = options
        options.rollbackOnFailure = false
        let history = try await provider.releases.releases(of: good.service)
        do {
            _ = try await apply(
                good.again(reason: "rollback to revision \(good.revision)"), history: history, options: options,
                report: report)
        } catch {
            report(.warning("the rollback to revision \(good.revision) failed too: \(error)"))
        }
    }

    private func record(_ release: Release, as status: Release.Status, history: some Sequence<Release>) async throws {
        var release = release
        release.status = status
        try await provider.releases.save(release, keeping: release.historyLimit)
        for var older in history where older.status == .deployed && older.revision != release.revision {
            older.status = .superseded
            try await provider.releases.save(older, keeping: release.historyLimit)
        }
    }

    /// The history under the lock: whoever left a release pending is gone.
    private func interruptedMarkedFailed(of service: ServiceIdentity) async throws -> [Release] {
        var history = try await provider.releases.releases(of: service)
        for index in history.indices where history[index].status == .pending {
            history[index].status = .failed
            try await provider.releases.save(history[index], keeping: history[index].historyLimit)
        }
        return history
    }

    private func locked(
        _ service: ServiceIdentity, _ options: Options, _ report: @escaping Report,
        _ work: () async throws -> DeploymentResult
    ) async throws -> DeploymentResult {
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

    private static func unknown(_ service: ServiceIdentity) -> Diagnostic {
        Diagnostic(
            .error, .unknownService, "there is no service `\(service.name)` in namespace `\(service.namespace)`",
            fix: "`synthdata-infra status` lists the services")
    }
}
