package import Diagnostics
import Documents
package import HTTPTransport
import KubernetesClient
package import ServiceModel

/// Runs services in a Kubernetes cluster: the same for a cluster of one's own and for a cloud's.
///
/// All that it knows is in the cluster: the objects, an inventory of them, the releases and, while somebody
/// deploys, a lease.
package struct KubernetesProvider: Provider {
    package let kind: ProviderKind
    package var releases: any ReleaseStore { store }
    package var place: CloudPlace? { cluster.place }
    private var store: SecretReleaseStore
    /// What the services of a fleet look at together; nil for a single one.
    private var look: FleetLook?
    /// Told of what would keep a plan from being applied, where it is only looked at.
    private var obstacles: (@Sendable ([Diagnostic]) -> Void)?
    let cluster: Cluster
    let inventories: InventoryStore
    private let locks: HeldLocks
    private let warn: @Sendable (Diagnostic) -> Void
    let limits: ProviderLimits
    private let ownership: FieldOwnership
    let identity: ClusterIdentity
    private let measurement: ServiceMeasurement

    /// - Parameters:
    ///   - web: for addresses outside of the cluster, such as that of Prometheus; nil where none is to be asked.
    ///   - ownership: what was decided about fields that others have set.
    ///   - warn: told of records in the cluster that cannot be read.
    package init(
        kind: ProviderKind, cluster: Cluster, ownership: FieldOwnership = FieldOwnership(),
        limits: ProviderLimits = ProviderLimits(), web: (any HTTPClient)? = nil,
        warn: @escaping @Sendable (Diagnostic) -> Void
    ) {
        let locks = HeldLocks(api: cluster.api)
        self.kind = kind
        self.cluster = cluster
        identity = ClusterIdentity(api: cluster.api, context: cluster.name)
        self.warn = warn
        self.limits = limits
        self.ownership = ownership
        self.locks = locks
        store = SecretReleaseStore(
            cluster: cluster, partSize: limits.releasePart, mayWrite: { try await locks.check($0) }, warn: warn)
        inventories = InventoryStore(api: cluster.api)
        measurement = ServiceMeasurement(
            cluster: cluster, metrics: PodMetrics(api: cluster.api), web: web, warn: warn)
    }

    package func verify(_ release: Release) async throws {
        try await ServerRefusal.told {
            try await identity.version().check()
            if let pin = release.cluster { try await identity.check(pin) }
        }
    }

    package var deploymentsAtOnce: Int { 32 }

    package func forFleet() -> any Provider { lookingTogether() }

    /// ``forFleet()``, for who builds on this provider.
    package func lookingTogether() -> KubernetesProvider {
        var provider = self
        provider.look = FleetLook(api: cluster.api, store: store)
        provider.store.look = provider.look
        return provider
    }

    package func forPreview(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> any Provider {
        telling(obstacles)
    }

    /// ``forPreview(_:)``, for who builds on this provider.
    package func telling(_ obstacles: @escaping @Sendable ([Diagnostic]) -> Void) -> KubernetesProvider {
        var provider = self
        provider.obstacles = obstacles
        return provider
    }

    package func lookAhead(for release: Release) async {
        guard let look else { return }
        async let verified: Void? = try? verify(release)
        do {
            async let objects = cluster.desired(release.resources)
            try await look.expect(release.service)
            look.expect(try await objects)
        } catch {
            // Each plan meets it again, and tells it.
        }
        await verified
    }

    package func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        try await ServerRefusal.told {
            var cluster = cluster
            if let look, look.begins(release.service) { cluster = cluster.reading(from: look) }
            return try await ServicePlanner(
                cluster: cluster, releases: store, inventories: InventoryStore(api: cluster.api), warn: warn,
                ownership: ownership, obstacles: obstacles
            ).plan(release, deleteData: deleteData)
        }
    }

    package func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        let service = plan.release.service
        return try await ServerRefusal.told {
            let objects = ownership.leaving(try await cluster.desired(plan.release.resources))
            let applier = ServiceApplier(
                cluster: cluster, ownership: ownership, look: look, mayWrite: { try await locks.check(service) },
                timeout: timeout, report: report)
            let written = try await applier.write(objects, plan)
            try await RolloutWaiter(cluster: cluster, provider: kind, graces: limits.graces, report: report)
                .wait(for: objects, except: try await settled(objects, plan, written), timeout: timeout)
            // What is no longer wanted goes last: until the new serves, the old may be needed.
            if plan.hasChanges || locks.holds(service) {
                try await applier.remove(plan, keeping: objects, from: written.inventory)
            }
            let endpoint = ServiceEndpoint(objects)
            if !objects.isEmpty { report(.ready(endpoint: endpoint.url)) }
            return Applied(
                endpoint: endpoint.url, monitoringURL: nil,
                leftovers: objects.isEmpty ? try await leftovers(of: service) : [])
        }
    }

    /// The objects that are as they should be, from what was read or written of them just now.
    private func settled(
        _ objects: [DesiredObject], _ plan: Plan, _ written: ServiceApplier.Written
    ) async throws -> Set<Resource.Identity> {
        var settled: Set<Resource.Identity> = []
        for object in objects {
            var live = written.objects[object.identity]
            // Where nothing was changed, what its plan has seen is enough.
            if live == nil, !plan.hasChanges, let look, look.wasPlanned(plan.release.service) {
                live = try await look.get(object.type, namespace: object.identity.namespace, name: object.identity.name)
            }
            if live == nil { continue }
            if object.identity.kind == "Deployment", let look, let written = written.objects[object.identity] {
                live = await look.settled(object, since: written) ?? live
            }
            if let live, RolloutWaiter.isSettled(live, as: object, among: objects) { settled.insert(object.identity) }
        }
        return settled
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
            if let look {
                try await look.once("made \(service.namespace)") { try await makeNamespace(service.namespace) }
            } else {
                try await makeNamespace(service.namespace)
            }
            let lock = try await LeaseLock.take(
                cluster.api, service, holder: holder, wait: wait, timing: limits.lease
            ) { name in
                report(.waitingForLock(holder: name))
            }
            return try await locks.hold(lock, service)
        }
    }

    /// - Throws: ``Diagnostic`` where the lock of a service that is being deployed was lost.
    package func checkLock(of service: ServiceIdentity) async throws { try await locks.check(service) }

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
        guard let services else { return try await observe(in: nil, withEndpoints: false) }
        return try await ServerRefusal.told { try await observer.observe(services) }
    }

    package func observe(in namespace: String?, withEndpoints: Bool) async throws -> [ServiceStatus] {
        try await ServerRefusal.told { try await observer.observe(in: namespace, withEndpoints: withEndpoints) }
    }

    private var observer: ServiceObserver {
        ServiceObserver(cluster: cluster, provider: kind, measurement: measurement)
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
