import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

/// Finds out what has to happen to the objects of one service: the server itself is asked what an apply would
/// come to, so that the plan is not a guess.
struct ServicePlanner: Sendable {
    let cluster: Cluster
    let releases: SecretReleaseStore
    let inventories: InventoryStore
    let warn: @Sendable (Diagnostic) -> Void
    let ownership: FieldOwnership
    /// Told of what the preflight finds, where the plan is only looked at; nil where that refuses the plan.
    let obstacles: (@Sendable ([Diagnostic]) -> Void)?

    /// - Throws: ``DiagnosticReport`` with everything that the server would refuse, each at its line.
    func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        do {
            return try await unexplained(release, deleteData: deleteData)
        } catch let status as APIStatus where status.code == 403 && ServerRefusal.isAboutRights(status) {
            throw try await missingRights(release) ?? ServerRefusal.diagnostic(status, nil)
        } catch let problem as Diagnostic where problem.code == .forbidden {
            throw try await missingRights(release) ?? problem
        }
    }

    /// One missing right is seldom alone: all of them are told at once.
    private func missingRights(_ release: Release) async throws -> Diagnostic? {
        // Namespaces that nobody may look at are taken for granted.
        let objects = try await objects(for: release).filter { $0.identity.kind != "Namespace" }
        let changes = objects.map { Change(resource: $0.identity, action: .create, effect: .none) }
        return try await RightsCheck(cluster: cluster, namespace: release.service.namespace).problems(changes, objects)
            .first
    }

    private func objects(for release: Release) async throws -> [DesiredObject] {
        try await cluster.desired(release.resources)
    }

    private func unexplained(_ release: Release, deleteData: Bool) async throws -> Plan {
        let service = release.service
        async let history = current(for: release)
        async let listed = inventories.read(service)
        let objects = ownership.leaving(try await cluster.desired(release.resources))
        if let look = cluster.look {
            try await look.expect(service)
            look.expect(objects)
        }
        let inventory = try await listed
        let deployed = try await history.last { $0.status == .deployed }
        // In the versions of this server, as they were sent. A later release that failed may have left fields behind:
        // then nothing is known of what was applied last.
        let last = try await history.last?.status == .deployed ? deployed : nil
        let written = ownership.leaving(try await cluster.desired(last?.resources ?? []))

        let outcomes = try await outcomes(of: objects, lastApplied: written, inventory)
        // What stops all of it is told once.
        for case .failure(let gone as Diagnostic) in outcomes where gone.code == .namespaceTerminating { throw gone }
        for case .failure(let refusal as APIStatus) in outcomes { throw refusal }
        var problems = DiagnosticCollector()
        var changes = AutoscalerHandover.telling(
            outcomes.compactMap { outcome in problems.gather { try outcome.get() } }, among: objects)
        try problems.throwIfErrors()
        changes += try await removals(from: inventory, keeping: objects, deleteData: deleteData)

        do {
            try await Preflight(
                cluster: cluster, objects: objects, changes: changes, service: service,
                hasOwnNodes: release.makesNodes, warn: warn
            ).check()
        } catch let report as DiagnosticReport {
            guard let obstacles else { throw report }
            obstacles(report.diagnostics)
        }

        var numbered = release
        if numbered.revision == 0 { numbered.revision = (try await history.map(\.revision).max() ?? 0) + 1 }
        // To list an object changes nothing of it.
        let isAsDesired = changes.allSatisfy {
            $0.action == .unchanged || ($0.action == .update && $0.fields.isEmpty)
        }
        let running = isAsDesired ? try await running(release, among: history) : nil
        // A lost history goes on with what stands.
        let base = (running ?? deployed)?.revision ?? inventory.revision ?? 0
        return Plan(release: numbered, baseRevision: base, changes: changes)
    }

    private func current(for release: Release) async throws -> [Release] {
        if let look = cluster.look, let releases = try await look.releases(for: release) { return releases }
        return try await releases.current(of: release.service)
    }

    /// The last release that wanted the same; it may be one that was superseded, and brought back by other means.
    private func running(_ release: Release, among current: [Release]) async throws -> Release? {
        if let running = current.last(where: { $0.isSame(as: release) }) { return running }
        return try await releases.releases(of: release.service).last { $0.isSame(as: release) }
    }

    // MARK: What should be

    private func outcomes(
        of objects: [DesiredObject], lastApplied written: [DesiredObject], _ inventory: Inventory
    ) async throws -> [Result<Change, any Error>] {
        @Sendable func last(_ object: DesiredObject) -> Node? {
            written.first { $0.identity == object.identity }?.manifest
        }
        var standing: [Resource.Identity: Change] = [:]
        // In a fleet, lists that are there already tell most of it: a task for each object would only be work.
        for object in objects where cluster.look != nil {
            standing[object.identity] = try? await standingChange(of: object, lastApplied: last(object), inventory)
        }
        let others = try await cluster.concurrently(objects.filter { standing[$0.identity] == nil }) { object in
            (object.identity, await outcome(of: object, lastApplied: last(object), inventory))
        }
        let outcomes = Dictionary(others, uniquingKeysWith: { first, _ in first })
        return objects.compactMap { object in
            standing[object.identity].map { .success($0) } ?? outcomes[object.identity]
        }
    }

    /// Nil for an object that is not as it was applied last, for whatever reason.
    private func standingChange(
        of object: DesiredObject, lastApplied: Node?, _ inventory: Inventory
    ) async throws -> Change? {
        let identity = object.identity
        guard let live = try await cluster.api.get(object.type, namespace: identity.namespace, name: identity.name),
            !live.isTerminating, isAsApplied(live, object, lastApplied: lastApplied, inventory)
        else { return nil }
        try Ownership.check(live, object, inventory)
        return Change(resource: identity, action: .unchanged, effect: .none)
    }

    /// What was applied last, and stands: an apply would change nothing.
    private func isAsApplied(_ live: Node, _ object: DesiredObject, lastApplied: Node?, _ inventory: Inventory) -> Bool
    {
        isListed(live, object, inventory) && !ownership.removesFields(of: object.identity)
            && ownership.taken(of: object).isEmpty && object.manifest == lastApplied
            && LiveComparison.contains(live, object.manifest)
    }

    private func isListed(_ live: Node, _ object: DesiredObject, _ inventory: Inventory) -> Bool {
        !Ownership.mayDelete(object.identity) || inventory.item(object.identity)?.uid == live.objectUID
    }

    private func outcome(
        of object: DesiredObject, lastApplied: Node?, _ inventory: Inventory
    ) async -> Result<Change, any Error> {
        do {
            return .success(try await change(of: object, lastApplied: lastApplied, inventory))
        } catch let error as APIStatus where error.code == 403 && ServerRefusal.isAboutRights(error) {
            return .failure(error)
        } catch let error as APIStatus where TerminatingNamespace.refuses(error) {
            return .failure(error)
        } catch let error as APIStatus {
            return .failure(ServerRefusal.diagnostics(error, for: object))
        } catch let error as HTTPError {
            return .failure(error.diagnostic)
        } catch {
            return .failure(error)
        }
    }

    private func change(
        of object: DesiredObject, lastApplied: Node?, _ inventory: Inventory
    ) async throws -> Change {
        let identity = object.identity
        do {
            return try await judged(object, lastApplied: lastApplied, inventory)
        } catch let status as APIStatus where status.code == 403 && !Ownership.mayDelete(identity) {
            // A namespace belongs to its owner: who has no rights beyond it takes it as it is.
            return Change(resource: identity, action: .unchanged, effect: .none)
        }
    }

    private func judged(
        _ object: DesiredObject, lastApplied: Node?, _ inventory: Inventory
    ) async throws -> Change {
        let identity = object.identity
        guard let live = try await cluster.api.get(object.type, namespace: identity.namespace, name: identity.name)
        else {
            try await rehearse(object)
            return Change(resource: identity, action: .create, effect: .none)
        }
        try Ownership.check(live, object, inventory)
        if live.isTerminating {
            if object.type == .namespace { throw TerminatingNamespace.problem(live, at: object.manifest) }
            return Change(
                resource: identity, action: .replace, effect: ChangeEffect.ofReplace(identity.kind),
                reason: "it is being deleted: it will be made anew")
        }
        if isAsApplied(live, object, lastApplied: lastApplied, inventory) {
            return Change(resource: identity, action: .unchanged, effect: .none)
        }
        do {
            let applied = try await ownership.apply(object, isDryRun: true, to: cluster.api)
            let fields = LiveComparison.changes(from: live, to: applied, desired: object.manifest)
                .filter { !AutoscalerHandover.hides($0, of: object) }
            if fields.isEmpty {
                // Its deployment may have ended before it could list it, or the inventory was lost.
                let reason =
                    isListed(live, object, inventory)
                    ? shared(object, applied) : "it is not in the inventory of the service's objects"
                return Change(
                    resource: identity, action: reason == nil ? .unchanged : .update, effect: .none, reason: reason)
            }
            return Change(
                resource: identity, action: .update, effect: ChangeEffect.ofUpdate(identity.kind, fields),
                fields: fields, reason: ChangeEffect.extent(identity.kind, fields, live))
        } catch let status as APIStatus where ServerRefusal.saysImmutable(status) {
            let fields = LiveComparison.changes(from: live, to: object.manifest, desired: object.manifest)
                .filter { $0.new != nil }
            return Change(
                resource: identity, action: .replace, effect: ChangeEffect.ofReplace(identity.kind), fields: fields,
                reason: "a field cannot be changed where it stands")
        }
    }

    /// Who shares a field that shall be ours alone, in words; nil where nobody does.
    private func shared(_ object: DesiredObject, _ applied: Node) -> String? {
        let taken = ownership.taken(of: object)
        guard FieldManagers.taking(taken, in: object.manifest, of: applied) != nil else { return nil }
        let managers = FieldManagers(of: applied)
        let theirs = taken.lazy.compactMap { path in
            managers.others(at: path, in: object.manifest).first.map { "`\($0)` has set \(path), too" }
        }.first
        return "\(theirs ?? "a field of it was not applied"): it becomes yours"
    }

    /// Has the server check an object that is to be made. Where its namespace is to be made, too, there is
    /// nowhere to try.
    private func rehearse(_ object: DesiredObject) async throws {
        do {
            guard let look = cluster.look else {
                _ = try await ownership.apply(object, isDryRun: true, to: cluster.api)
                return
            }
            if let namespace = object.identity.namespace {
                // Who may not look at it takes it for granted.
                let found = try await Preflight.looking {
                    try await look.get(.namespace, namespace: nil, name: namespace) != nil
                }
                if found == false { return }
            }
            let api = cluster.api
            try await look.sharing(object, "rehearse") {
                _ = try await ownership.apply(object, isDryRun: true, to: api)
            }
        } catch let status as APIStatus where status.isNotFound {
            // The namespace is missing.
        }
    }

    // MARK: What should go

    private func removals(
        from inventory: Inventory, keeping objects: [DesiredObject], deleteData: Bool
    ) async throws -> [Change] {
        let gone = inventory.items.filter { item in
            !objects.contains { $0.identity.isSameObject(item.identity) } && Ownership.mayDelete(item.identity)
                && (deleteData || !ChangeEffect.keepsData(item.identity.kind))
        }
        let changes = try await cluster.concurrently(gone.reversed()) { item -> Change? in
            guard let type = try await cluster.type(of: item.identity),
                let live = try await cluster.api.get(
                    type, namespace: item.identity.namespace, name: item.identity.name),
                Ownership.isOurs(live, item)
            else { return nil }
            return Change(
                resource: item.identity, action: .delete, effect: ChangeEffect.ofDelete(item.identity.kind),
                reason: live.isTerminating ? "it is being deleted" : nil)
        }
        return changes.compactMap(\.self)
    }
}

extension Release {
    /// Whether both want the same objects.
    fileprivate func isSame(as other: Release) -> Bool {
        resources.map(\.manifest) == other.resources.map(\.manifest)
    }
}
