import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Compares a service's resources at AWS with those that it is to have. Changes nothing.
struct CloudPlanner: Sendable {
    let context: DriverContext

    /// - Parameter past: what releases before had, which goes where it is wanted no more.
    /// - Throws: ``DiagnosticReport`` with everything that stands in the way.
    func plan(_ release: Release, past: [Release], deleteData: Bool) async throws -> CloudPlan {
        let wanted = release.resources.filter { $0.identity.isCloud }
        try NameCheck.check(wanted)
        let gone = try gone(from: past, keeping: wanted)
        var steps: [CloudPlan.Step] = []
        var problems = DiagnosticCollector()
        let outcomes = try await (wanted.map { ($0, true) } + gone.map { ($0, false) }).concurrentMap(atOnce: 16) {
            (resource, isWanted) in
            do {
                return Result<Outcome, any Error>.success(
                    isWanted
                        ? try await step(
                            resource, among: wanted, isUnfinished: leavesUnfinished(resource, past))
                        : try await removal(
                            of: resource, isReplaced: wanted.contains { $0.identity == resource.identity },
                            isUnfinished: leavesUnfinished(resource, past), deleteData: deleteData))
            } catch let error where !(error is CancellationError) {
                return .failure(AWSRefusal.told(error, of: resource))
            }
        }
        var kept: [CloudPlan.Kept] = []
        for outcome in outcomes {
            switch problems.gather({ try outcome.get() }) {
            case .step(let step): steps.append(step)
            case .kept(let what): kept.append(what)
            case .nothing, nil: break
            }
        }
        try problems.throwIfErrors()
        let order = CloudKind.allCases
        return CloudPlan(
            steps: steps.sorted {
                (order.firstIndex(of: $0.kind) ?? 0) < (order.firstIndex(of: $1.kind) ?? 0)
            }, kept: kept)
    }

    private enum Outcome {
        case step(CloudPlan.Step)
        case kept(CloudPlan.Kept)
        case nothing
    }

    /// What AWS knows a resource by.
    private struct Name: Hashable {
        let kind: CloudKind?
        let name: String
    }

    /// What the service had, newest first, and has no more: what has another name now is another thing.
    private func gone(from past: [Release], keeping wanted: [Resource]) throws -> [Resource] {
        var seen = Set(try wanted.map(name))
        return try past.reversed().flatMap { $0.resources + $0.kept }.filter { resource in
            guard resource.identity.isCloud else { return false }
            return seen.insert(try name(resource)).inserted
        }
    }

    private func name(_ resource: Resource) throws -> Name {
        guard let kind = resource.identity.cloudKind else {
            return Name(kind: nil, name: resource.identity.description)
        }
        let spec = resource.manifest["spec"] ?? .null
        let name =
            switch kind {
            case .bucket: context.bucketName(spec)
            case .role, .nodeRole: spec["roleName"]?.string
            case .logGroup: spec["logGroupName"]?.string
            case .nodeGroup, .distribution: spec["name"]?.string
            case .podIdentityAssociation: spec["serviceAccount"]?.string
            }
        return Name(kind: kind, name: name ?? "")
    }

    /// Whether the last release was about to make it, under this very name, and did not come to its end.
    private func leavesUnfinished(_ resource: Resource, _ past: [Release]) throws -> Bool {
        guard let last = past.last, last.status == .pending || last.status == .failed else { return false }
        let name = try name(resource)
        return try last.resources.contains { try $0.identity.isCloud && self.name($0) == name }
    }

    private func step(_ resource: Resource, among all: [Resource], isUnfinished: Bool) async throws -> Outcome {
        guard let kind = resource.identity.cloudKind else { return .nothing }
        let driver = kind.driver(context)
        let wanted = try driver.wanted(resource, among: all)
        let live = try await driver.live(wanted, of: resource)
        var superseded: [LiveResource] = []
        if let groups = driver as? NodeGroupDriver {
            superseded = try await groups.superseded(by: wanted, of: resource)
        }
        if let live { try ResourceOwnership.check(live, resource, isUnfinished: isUnfinished) }
        return .step(
            CloudPlan.Step(
                resource: resource, kind: kind, wanted: wanted, live: live,
                change: change(resource, kind, driver, wanted, live, superseded), superseded: superseded))
    }

    private func change(
        _ resource: Resource, _ kind: CloudKind, _ driver: any ResourceDriver, _ wanted: Node, _ live: LiveResource?,
        _ superseded: [LiveResource]
    ) -> Change {
        let identity = resource.identity
        guard let live else {
            guard let old = superseded.first else {
                return Change(resource: identity, action: .create, effect: .none, reason: kind.summary(wanted))
            }
            return Change(
                resource: identity, action: .replace, effect: .rolling, fields: driver.difference(old, wanted),
                reason: "another group takes its place, and the pods move to its nodes")
        }
        switch live.state {
        case .deleting:
            return Change(
                resource: identity, action: .replace, effect: .replace,
                reason: "it is being deleted: it will be made anew")
        case .failed(let why):
            return Change(resource: identity, action: .replace, effect: .replace, reason: "it has failed: \(why)")
        case .ready, .degraded, .changing: break
        }
        let fields = driver.difference(live, wanted)
        if fields.isEmpty {
            if case .changing(let status) = live.state, kind == .nodeGroup {
                return Change(
                    resource: identity, action: .update, effect: .none, reason: "it is \(status), which is waited for")
            }
            if context.isSpreading(live) {
                return Change(
                    resource: identity, action: .update, effect: .none,
                    reason: "it is new, and not known everywhere yet, which is waited for")
            }
            if superseded.isEmpty { return Change(resource: identity, action: .unchanged, effect: .none) }
            return Change(
                resource: identity, action: .update, effect: .rolling,
                reason: "\(superseded.map(\.id).joined(separator: ", ")) goes, whose place it has taken")
        }
        return Change(resource: identity, action: .update, effect: .inPlace, fields: fields)
    }

    /// - Parameter isReplaced: whether one of another name takes its place.
    private func removal(
        of resource: Resource, isReplaced: Bool, isUnfinished: Bool, deleteData: Bool
    ) async throws -> Outcome {
        guard let kind = resource.identity.cloudKind else { return .nothing }
        let driver = kind.driver(context)
        let wanted = try driver.wanted(resource, among: [resource])
        var live: LiveResource?
        do {
            live = try await driver.live(wanted, of: resource)
        } catch let problem as Diagnostic where problem.code == .foreign {
            // Somebody else has its name by now.
        }
        if live == nil, isUnfinished { live = try await driver.remains(wanted, of: resource) }
        var superseded: [LiveResource] = []
        if let groups = driver as? NodeGroupDriver {
            superseded = try await groups.superseded(by: wanted, of: resource)
        }
        if let found = live, !ResourceOwnership.isOurs(found, resource, isUnfinished: isUnfinished) { live = nil }
        var effect = isReplaced ? min(driver.effectOfDeleting, .rolling) : driver.effectOfDeleting
        if let live, try await driver.holdsData(live) {
            guard deleteData, !live.tags.isEmpty else { return .kept(.init(resource: resource, name: live.id)) }
            effect = .dataLoss
        }
        guard live != nil || !superseded.isEmpty else { return .nothing }
        return .step(
            CloudPlan.Step(
                resource: resource, kind: kind, wanted: .null, live: live,
                change: Change(resource: resource.identity, action: .delete, effect: effect, reason: live?.id),
                superseded: superseded))
    }
}
