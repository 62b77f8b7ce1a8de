import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel

/// Makes a plan real: writes what is missing, in the order in which objects need each other, and removes what
/// the service no longer has.
///
/// After a kill at any request the same call completes it: each write leaves the object as desired, and the
/// inventory lists an object before it is made.
struct ServiceApplier: Sendable {
    let cluster: Cluster
    let ownership: FieldOwnership
    /// What the services of a fleet look at together; nil for a single one.
    let look: FleetLook?
    /// Asked before every write: throws when the service's lock was lost.
    let mayWrite: @Sendable () async throws -> Void
    /// How long to wait for each object that is deleted to be gone.
    let timeout: TimeSpan
    let report: @Sendable (DeploymentEvent) -> Void

    private var api: KubernetesAPI { cluster.api.writing(while: mayWrite) }
    private var inventories: InventoryStore { InventoryStore(api: api) }

    /// What was written.
    struct Written: Sendable {
        /// As the server answered.
        var objects: [Resource.Identity: Node] = [:]
        /// As it stands now; nil where it was not looked at.
        var inventory: Inventory?
    }

    /// Objects of one group are written at once; each group after the ones before.
    private static func stage(of kind: String) -> Int {
        switch kind {
        case "Namespace": 0
        // Who is no administrator may only bind a Role that the server can look at.
        case "RoleBinding", "ClusterRoleBinding": 2
        case "Deployment", "StatefulSet", "DaemonSet", "Job": 3
        case "HorizontalPodAutoscaler", "Ingress": 4
        default: 1
        }
    }

    /// Lists the objects that change, and writes them. What does not change is listed already.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` at the line of what the server refuses.
    func write(_ objects: [DesiredObject], _ plan: Plan) async throws -> Written {
        let service = plan.release.service
        let work = Dictionary(
            plan.changes.filter { $0.action != .unchanged && $0.action != .delete }.map { ($0.resource, $0.action) },
            uniquingKeysWith: { first, _ in first })
        let changing = objects.filter { work[$0.identity] != nil }
        guard !changing.isEmpty else { return Written() }
        var written = Written()
        let listed = changing.filter { Ownership.mayDelete($0.identity) }
        let kept = try await inventories.read(service)
        // As long as it is there, an autoscaler that goes takes back the number that the workload is given.
        for change in plan.changes
        where change.action == .delete && change.resource.kind == "HorizontalPodAutoscaler" {
            try await remove(change.resource, listed: kept.item(change.resource))
        }
        var inventory = kept
        for object in listed { inventory.add(object.identity, uid: nil) }
        for object in listed where work[object.identity] == .replace { inventory.forgetUID(of: object.identity) }
        try await keep(inventory, insteadOf: kept, of: service)
        let before = inventory
        for (_, members) in Dictionary(grouping: changing, by: { Self.stage(of: $0.identity.kind) })
            .sorted(by: { $0.key < $1.key })
        {
            let applied = try await cluster.concurrently(members) { object in
                try await write(object, work[object.identity] ?? .update, among: objects, kept)
            }
            for (object, live) in zip(members, applied) {
                written.objects[object.identity] = live
                if Ownership.mayDelete(object.identity) { inventory.add(object.identity, uid: live.objectUID) }
            }
        }
        // Not before all of it is written: whoever finds the revision takes it for what serves.
        inventory.revision = plan.release.revision
        try await keep(inventory, insteadOf: before, of: service)
        written.inventory = inventory
        return written
    }

    private func keep(_ inventory: Inventory, insteadOf old: Inventory, of service: ServiceIdentity) async throws {
        guard inventory != old else { return }
        try await inventories.write(inventory, of: service)
    }

    /// - Parameter inventory: as it was before anything was written.
    private func write(
        _ object: DesiredObject, _ action: Change.Action, among objects: [DesiredObject], _ inventory: Inventory
    ) async throws -> Node {
        report(.applying(object.identity, action))
        do {
            if action == .replace { try await removeForReplacement(object, inventory) }
            if action == .update { try await handOverReplicas(of: object, among: objects) }
            let applied = try await applied(object)
            report(.applied(object.identity, action))
            return applied
        } catch let status as APIStatus {
            throw ServerRefusal.diagnostics(status, for: object)
        } catch let error as HTTPError {
            throw error.diagnostic
        }
    }

    /// The server's authorizer gets to know a Role a moment after it was made, and binds none before.
    private func applied(_ object: DesiredObject) async throws -> Node {
        for _ in 0..<50 where object.identity.kind.hasSuffix("RoleBinding") {
            do {
                return try await apply(object)
            } catch let status as APIStatus where status.isNotFound {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        return try await apply(object)
    }

    private func apply(_ object: DesiredObject) async throws -> Node {
        guard let look, !Ownership.mayDelete(object.identity) else { return try await ownership.apply(object, to: api) }
        try await mayWrite()
        // Not under this service's lock alone: others wait for it, too.
        let (ownership, api) = (ownership, cluster.api)
        return try await look.sharing(object, "apply") { try await ownership.apply(object, to: api) }
    }

    private func handOverReplicas(of object: DesiredObject, among objects: [DesiredObject]) async throws {
        guard AutoscalerHandover.covers(AutoscalerHandover.path, of: object),
            let live = try await api.get(
                object.type, namespace: object.identity.namespace, name: object.identity.name),
            let manifest = AutoscalerHandover.manifest(live, object, among: objects)
        else { return }
        _ = try await api.apply(
            object.type, manifest, .init(takesOwnership: true, manager: AutoscalerHandover.manager))
    }

    /// - Throws: ``Diagnostic`` where somebody else has put another in its place since it was planned.
    private func removeForReplacement(_ object: DesiredObject, _ inventory: Inventory) async throws {
        let identity = object.identity
        guard let live = try await api.get(object.type, namespace: identity.namespace, name: identity.name)
        else { return }
        try Ownership.check(live, object, inventory)
        _ = try await api.delete(
            object.type, namespace: identity.namespace, name: identity.name, uid: live.objectUID)
        try await untilGone(object.type, identity, live.objectUID)
    }

    /// Removes what the plan removes, and forgets it with everything else that is gone.
    ///
    /// - Parameters:
    ///   - objects: what stays.
    ///   - inventory: as it was just written; nil where it was not.
    func remove(_ plan: Plan, keeping objects: [DesiredObject], from inventory: Inventory?) async throws {
        let service = plan.release.service
        let kept: Inventory = if let inventory { inventory } else { try await inventories.read(service) }
        var inventory = kept
        for change in plan.changes where change.action == .delete {
            report(.applying(change.resource, .delete))
            try await remove(change.resource, listed: kept.item(change.resource))
            inventory.remove(change.resource)
            report(.applied(change.resource, .delete))
        }
        // What the plan did not find any more is gone, or is somebody else's by now.
        for item in inventory.items where !ChangeEffect.keepsData(item.identity.kind) {
            if !objects.contains(where: { $0.identity.isSameObject(item.identity) }) { inventory.remove(item.identity) }
        }
        try await keep(inventory, insteadOf: kept, of: service)
    }

    private func remove(_ identity: Resource.Identity, listed item: Inventory.Item?) async throws {
        guard let item, let type = try await cluster.type(of: identity),
            let live = try await api.get(type, namespace: identity.namespace, name: identity.name),
            Ownership.isOurs(live, item)
        else { return }
        if try await api.delete(
            type, namespace: identity.namespace, name: identity.name, uid: live.objectUID)
        {
            try await untilGone(type, identity, live.objectUID)
        }
    }

    /// Waits until the object with this UID is no more; another of the same name does not count.
    ///
    /// - Throws: ``Diagnostic`` with `deploy.timed-out` that names who still has to let go of it.
    private func untilGone(_ type: ResourceType, _ identity: Resource.Identity, _ uid: String?) async throws {
        let end = ContinuousClock.now + .milliseconds(timeout.milliseconds)
        var pause = Duration.milliseconds(50)
        while let live = try await api.get(type, namespace: identity.namespace, name: identity.name),
            uid == nil || live.objectUID == uid
        {
            if ContinuousClock.now >= end { throw Self.stays(identity, live) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    private static func stays(_ identity: Resource.Identity, _ live: Node) -> Diagnostic {
        let finalizers = (live.value("metadata", "finalizers")?.sequence ?? []).compactMap(\.string)
        let names = finalizers.map { "`\($0)`" }.joined(separator: ", ")
        return Diagnostic(
            .error, .timedOut, "\(identity) is deleted, and still there",
            why: finalizers.isEmpty
                ? "the cluster has not removed it in time"
                : "whoever set its finalizers has not let go of it: \(names)",
            fix: finalizers == ["kubernetes.io/pvc-protection"]
                ? "end the pods that still use it, then run the same command again"
                : "check that the controller behind it runs, or wait longer with --timeout; the same command goes on")
    }
}
