import Documents
import KubernetesClient
package import ServiceModel

extension KubernetesProvider: DriftDetecting {
    package func drift(from release: Release) async throws -> [ObjectDrift] {
        try await ServerRefusal.told {
            async let listed = inventories.read(release.service)
            async let history = releases.releases(of: release.service)
            let objects = try await cluster.desired(release.resources)
            let inventory = try await listed
            let wasTriedSince = try await history.contains { $0.revision > release.revision }
            return try await cluster.concurrently(objects) { object in
                try await drift(of: object, inventory, wasTriedSince: wasTriedSince)
            }.compactMap(\.self)
        }
    }

    private func drift(
        of object: DesiredObject, _ inventory: Inventory, wasTriedSince: Bool
    ) async throws -> ObjectDrift? {
        let identity = object.identity
        let found: Node?
        do {
            found = try await cluster.api.get(object.type, namespace: identity.namespace, name: identity.name)
        } catch let status as APIStatus where status.code == 403 && !Ownership.mayDelete(identity) {
            // A namespace belongs to its owner: who has no rights beyond it takes it as it is.
            return nil
        }
        guard let live = found else { return ObjectDrift(resource: identity, kind: .missing) }
        if live.isTerminating {
            return ObjectDrift(resource: identity, kind: .missing, reason: "it is being deleted")
        }
        // What services share is nobody's: its owner may make it again.
        let isShared = !Ownership.mayDelete(identity)
        let uid = inventory.item(identity)?.uid
        let isRecreated = !isShared && uid != nil && uid != live.objectUID
        let comparison = DriftComparison(
            applied: object.manifest, live: live, countsAdditions: !isShared && !isRecreated,
            wasTriedSince: wasTriedSince)
        let fields = try await withoutAutoscaled(comparison.fields, of: identity)
        guard isRecreated else {
            return fields.isEmpty ? nil : ObjectDrift(resource: identity, kind: .changed, fields: fields)
        }
        let managers = live.value("metadata", "managedFields")?.sequence ?? []
        let maker = managers.min { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }
        return ObjectDrift(
            resource: identity, kind: .recreated, fields: fields,
            author: maker?["manager"]?.string.map {
                FieldAuthor(manager: $0, time: live.value("metadata", "creationTimestamp")?.string)
            })
    }

    /// Without a number of replicas that an autoscaler decides. The release knows its own; somebody may have made
    /// another, which leaves no name behind before Kubernetes 1.23.
    private func withoutAutoscaled(
        _ fields: [FieldDrift], of identity: Resource.Identity
    ) async throws -> [FieldDrift] {
        guard fields.contains(where: { $0.path == AutoscalerHandover.path }),
            let type = try await cluster.discovery.types().versions(
                group: "autoscaling", kind: "HorizontalPodAutoscaler"
            ).first
        else { return fields }
        let selection = Selection(type, namespace: identity.namespace)
        // Who may not look at autoscalers is told of the number.
        let autoscalers = try await Preflight.looking { try await cluster.api.list(selection).items } ?? []
        let isAutoscaled = autoscalers.contains { autoscaler in
            let target = autoscaler.value("spec", "scaleTargetRef")
            return target?["kind"]?.string == identity.kind && target?["name"]?.string == identity.name
        }
        return isAutoscaled ? fields.filter { $0.path != AutoscalerHandover.path } : fields
    }
}
