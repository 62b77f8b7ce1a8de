import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Makes a plan of cloud resources real.
///
/// After a kill at any request the same deployment completes it: everything that is made carries its tags from the
/// first request on, and what was made is found again by its name.
struct CloudApplier: Sendable {
    let context: DriverContext
    let report: @Sendable (DeploymentEvent) -> Void

    /// Makes and changes what is wanted, in order, and waits until it can be used.
    ///
    /// - Parameter beforePods: what pods need; or else what comes after them.
    func write(_ plan: CloudPlan, beforePods: Bool) async throws {
        let steps = plan.steps.filter { $0.kind.precedesPods == beforePods && $0.change.action != .delete }
        var identified: ContinuousClock.Instant?
        for step in steps where step.change.action != .unchanged {
            try await located(step) { try await write(step) }
            guard step.kind == .podIdentityAssociation else { continue }
            let isOnlyWaitedFor = step.change.action == .update && step.change.fields.isEmpty
            identified = .now + (isOnlyWaitedFor ? step.live.map(context.spreading) ?? .zero : context.propagation)
        }
        for step in steps { try await located(step) { try await settle(step) } }
        if let identified { try await Task.sleep(until: identified, clock: .continuous) }
    }

    private func write(_ step: CloudPlan.Step) async throws {
        let driver = step.kind.driver(context)
        let (identity, action) = (step.resource.identity, step.change.action)
        report(.applying(identity, action))
        if let live = step.live {
            switch live.state {
            case .deleting, .failed:
                if case .failed = live.state { _ = try await driver.delete(live, of: step.resource, deleteData: false) }
                try await untilGone(step, driver)
                try await driver.create(step.wanted, of: step.resource)
            case .ready, .degraded, .changing:
                // One change at a time is all that it takes.
                try await settle(step)
                if !step.change.fields.isEmpty { try await driver.update(step.wanted, from: live, step.change.fields) }
            }
        } else {
            try await driver.create(step.wanted, of: step.resource)
        }
        report(.applied(identity, action))
    }

    /// Deletes what is wanted no more, in the opposite order.
    ///
    /// - Returns: what its data keeps, in words.
    func remove(_ plan: CloudPlan, deleteData: Bool) async throws -> [String] {
        var leftovers = plan.kept.map(\.description)
        for step in plan.steps.reversed() {
            let driver = step.kind.driver(context)
            for old in step.superseded { try await located(step) { try await delete(old, step, driver) } }
            guard step.change.action == .delete, let live = step.live else { continue }
            report(.applying(step.resource.identity, .delete))
            if step.kind == .distribution {
                report(.working("\(live.id) is taken out of service, which takes minutes"))
            }
            let isGone = try await located(step) {
                try await driver.delete(live, of: step.resource, deleteData: deleteData)
            }
            if isGone {
                try await located(step) { try await untilGone(step, driver, live) }
                report(.applied(step.resource.identity, .delete))
            } else {
                leftovers.append("\(step.resource.identity) (\(live.id))")
            }
        }
        return leftovers
    }

    private func delete(_ group: LiveResource, _ step: CloudPlan.Step, _ driver: any ResourceDriver) async throws {
        if group.state != .deleting { _ = try await driver.delete(group, of: step.resource, deleteData: false) }
        report(.working("node group \(group.id) goes, its pods move"))
        try await untilGone(step, driver, group)
    }

    // MARK: Waiting

    private func settle(_ step: CloudPlan.Step) async throws {
        guard step.kind == .nodeGroup else { return }
        let driver = step.kind.driver(context)
        var told = ""
        try await Settling.until {
            guard let live = try await driver.live(step.wanted, of: step.resource) else { return false }
            switch live.state {
            case .ready: return true
            case .degraded(let why):
                // What was made just now does not serve yet; what was there before does.
                if step.live == nil { throw NodeGroupIssue.problem(why, step) }
                return true
            case .changing(let status):
                if status != told {
                    told = status
                    report(.working("\(step.kind.rawValue) \(live.id) \(status)"))
                }
                return false
            case .deleting: return false
            case .failed(let why): throw NodeGroupIssue.problem(why, step)
            }
        }
    }

    private func untilGone(
        _ step: CloudPlan.Step, _ driver: any ResourceDriver, _ live: LiveResource? = nil
    ) async throws {
        guard step.kind == .nodeGroup, let name = (live ?? step.live)?.id else { return }
        try await Settling.until {
            let live = try await driver.live(["nodegroupName": .string(name)], of: step.resource)
            if case .failed(let why)? = live?.state, why.contains("DELETE_FAILED") || step.change.action == .delete {
                throw NodeGroupIssue.problem(why, step)
            }
            return live == nil
        }
    }

    private func located<Value>(_ step: CloudPlan.Step, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error where !(error is CancellationError) {
            throw AWSRefusal.told(error, of: step.resource)
        }
    }
}
