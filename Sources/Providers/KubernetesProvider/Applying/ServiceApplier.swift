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
    let inventories: InventoryStore
    /// Asked before every write: throws when the service's lock was lost.
    let mayWrite: @Sendable () throws -> Void
    let report: @Sendable (DeploymentEvent) -> Void

    /// Objects of one group are written at once; each group after the ones before.
    private static func stage(of kind: String) -> Int {
        switch kind {
        case "Namespace": 0
        case "Deployment", "StatefulSet", "DaemonSet", "Job": 2
        case "HorizontalPodAutoscaler", "Ingress": 3
        default: 1
        }
    }

    /// Writes every object that changes.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` at the line of what the server refuses.
    func write(_ objects: [DesiredObject], _ changes: [Change], of service: ServiceIdentity) async throws {
        let work = Dictionary(
            changes.filter { $0.action != .unchanged && $0.action != .delete }.map { ($0.resource, $0.action) },
            uniquingKeysWith: { first, _ in first })
        let changing = objects.filter { work[$0.identity] != nil }
        guard !changing.isEmpty else { return }
        let stages = Dictionary(grouping: changing) { Self.stage(of: $0.identity.kind) }.sorted { $0.key < $1.key }
        var inventory: Inventory?
        for (stage, members) in stages {
            // The inventory stands in the namespace, which has to be there.
            if stage > 0, inventory == nil { inventory = try await listed(changing, of: service) }
            let uids = try await cluster.concurrently(members) { object in
                try await write(object, work[object.identity] ?? .update)
            }
            for (object, uid) in zip(members, uids) where stage > 0 { inventory?.add(object.identity, uid: uid) }
        }
        if let inventory {
            try mayWrite()
            try await inventories.write(inventory, of: service)
        }
    }

    /// Lists the objects before they are made.
    private func listed(_ objects: [DesiredObject], of service: ServiceIdentity) async throws -> Inventory {
        var inventory = try await inventories.read(service)
        let before = inventory
        for object in objects where Ownership.mayDelete(object.identity) { inventory.add(object.identity, uid: nil) }
        if inventory != before {
            try mayWrite()
            try await inventories.write(inventory, of: service)
        }
        return inventory
    }

    /// Returns the object's UID.
    private func write(_ object: DesiredObject, _ action: Change.Action) async throws -> String? {
        report(.applying(object.identity, action))
        do {
            if action == .replace { try await removeForReplacement(object) }
            if action == .update { try await handOverReplicas(of: object) }
            try mayWrite()
            let applied = try await cluster.api.apply(object.type, object.manifest)
            report(.applied(object.identity, action))
            return applied.objectUID
        } catch let status as APIStatus {
            throw ServerRefusal.diagnostics(status, for: object)
        } catch let error as HTTPError {
            throw error.diagnostic
        }
    }

    private func handOverReplicas(of object: DesiredObject) async throws {
        guard AutoscalerHandover.covers(AutoscalerHandover.path, of: object),
            let live = try await cluster.api.get(
                object.type, namespace: object.identity.namespace, name: object.identity.name),
            let manifest = AutoscalerHandover.manifest(live, object)
        else { return }
        try mayWrite()
        _ = try await cluster.api.apply(
            object.type, manifest, .init(takesOwnership: true, manager: AutoscalerHandover.manager))
    }

    private func removeForReplacement(_ object: DesiredObject) async throws {
        let identity = object.identity
        guard let live = try await cluster.api.get(object.type, namespace: identity.namespace, name: identity.name)
        else { return }
        try mayWrite()
        _ = try await cluster.api.delete(
            object.type, namespace: identity.namespace, name: identity.name, uid: live.objectUID)
        try await untilGone(object.type, identity, live.objectUID)
    }

    /// Removes what the plan removes, and forgets it.
    ///
    /// - Returns: what stays although it was listed, in words.
    func remove(_ changes: [Change], of service: ServiceIdentity) async throws {
        let removals = changes.filter { $0.action == .delete }
        guard !removals.isEmpty else { return }
        var inventory = try await inventories.read(service)
        for change in removals {
            report(.applying(change.resource, .delete))
            let listed = inventory.item(change.resource)
            if let type = try await type(of: change.resource) {
                try mayWrite()
                if try await cluster.api.delete(
                    type, namespace: change.resource.namespace, name: change.resource.name, uid: listed?.uid)
                {
                    try await untilGone(type, change.resource, listed?.uid)
                }
            }
            inventory.remove(change.resource)
            report(.applied(change.resource, .delete))
        }
        try mayWrite()
        try await inventories.write(inventory, of: service)
    }

    private func type(of identity: Resource.Identity) async throws -> ResourceType? {
        if let type = try await cluster.discovery.type(apiVersion: identity.apiVersion, kind: identity.kind) {
            return type
        }
        return try await cluster.discovery.types().versions(group: identity.group, kind: identity.kind).first
    }

    /// Waits until the object with this UID is no more; another of the same name does not count.
    private func untilGone(_ type: ResourceType, _ identity: Resource.Identity, _ uid: String?) async throws {
        var pause = Duration.milliseconds(50)
        while let live = try await cluster.api.get(type, namespace: identity.namespace, name: identity.name),
            uid == nil || live.objectUID == uid
        {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }
}
