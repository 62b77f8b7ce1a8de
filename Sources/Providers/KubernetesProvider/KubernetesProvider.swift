package import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
package import ServiceModel

/// Runs services in a Kubernetes cluster: the same for a cluster of one's own and for a cloud's.
///
/// All that it knows is in the cluster: the objects, an inventory of them, the releases and, while somebody
/// deploys, a lease.
package struct KubernetesProvider: Provider {
    package let kind: ProviderKind
    package let releases: any ReleaseStore
    let cluster: Cluster
    let inventories: InventoryStore
    private let locks: HeldLocks
    private let warn: @Sendable (Diagnostic) -> Void
    private let limits: ProviderLimits
    private let ownership: FieldOwnership

    /// - Parameters:
    ///   - ownership: what was decided about fields that others have set.
    ///   - warn: told of records in the cluster that cannot be read.
    package init(
        kind: ProviderKind, cluster: Cluster, ownership: FieldOwnership = FieldOwnership(),
        limits: ProviderLimits = ProviderLimits(), warn: @escaping @Sendable (Diagnostic) -> Void
    ) {
        let locks = HeldLocks()
        self.kind = kind
        self.cluster = cluster
        self.warn = warn
        self.limits = limits
        self.ownership = ownership
        self.locks = locks
        releases = SecretReleaseStore(
            cluster: cluster, partSize: limits.releasePart, mayWrite: { try locks.check($0) }, warn: warn)
        inventories = InventoryStore(api: cluster.api)
    }

    package func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        try await ServerRefusal.told {
            try await ServicePlanner(
                cluster: cluster, releases: releases, inventories: inventories, warn: warn, ownership: ownership
            ).plan(release, deleteData: deleteData)
        }
    }

    package func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        let service = plan.release.service
        return try await ServerRefusal.told {
            let types = try await cluster.discovery.types()
            let objects = ownership.leaving(try ServerVersions(types: types).objects(for: plan.release.resources))
            let applier = ServiceApplier(
                cluster: cluster, inventories: inventories, ownership: ownership,
                mayWrite: { try locks.check(service) },
                timeout: timeout, report: report)
            try await applier.write(objects, plan)
            try await RolloutWaiter(cluster: cluster, graces: limits.graces, report: report)
                .wait(for: objects, timeout: timeout)
            // What is no longer wanted goes last: until the new serves, the old may be needed.
            if plan.hasChanges || locks.holds(service) { try await applier.remove(plan, keeping: objects) }
            let endpoint = ServiceEndpoint(objects)
            if !objects.isEmpty { report(.ready(endpoint: endpoint.url)) }
            return Applied(
                endpoint: endpoint.url, monitoringURL: nil,
                leftovers: objects.isEmpty ? try await leftovers(of: service) : [])
        }
    }

    /// What a destroy keeps, in words.
    private func leftovers(of service: ServiceIdentity) async throws -> [String] {
        let kept = try await inventories.read(service).items.filter { ChangeEffect.keepsData($0.identity.kind) }
        return try await cluster.concurrently(kept) { item -> String? in
            guard
                let type = try await cluster.type(of: item.identity),
                try await cluster.api.get(type, namespace: item.identity.namespace, name: item.identity.name) != nil
            else { return nil }
            return "\(item.identity)"
        }.compactMap(\.self)
    }

    package func lock(
        _ service: ServiceIdentity, holder: String, wait: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> any DeploymentLock {
        try await ServerRefusal.told {
            try await makeNamespace(service.namespace)
            let lock = try await LeaseLock.take(
                cluster.api, service, holder: holder, wait: wait, timing: limits.lease
            ) { name in
                report(.waitingForLock(holder: name))
            }
            return locks.hold(lock, service)
        }
    }

    /// The lock, the inventory and the releases stand in the namespace: it has to be there before them.
    private func makeNamespace(_ name: String) async throws {
        // Who may not look at it takes it for granted.
        let found = try await Preflight.looking {
            try await cluster.api.get(.namespace, namespace: nil, name: name) != nil
        }
        guard found == false else { return }
        _ = try await cluster.api.apply(
            .namespace, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }

    package func observe(_ services: [ServiceIdentity]?) async throws -> [ServiceStatus] {
        try await ServerRefusal.told {
            try await ServiceObserver(cluster: cluster, provider: kind).observe(services)
        }
    }

    package func logs(
        of service: ServiceIdentity, replica: String?, tail: Int?, follow: Bool
    ) -> AsyncThrowingStream<LogLine, any Error> {
        AsyncThrowingStream { continuation in
            let reader = PodLogs(api: cluster.api, service: service)
            let task = Task {
                do {
                    try await ServerRefusal.told {
                        try await reader.read(replica: replica, tail: tail, follow: follow) { continuation.yield($0) }
                    }
                    continuation.finish()
                } catch is CancellationError {
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
