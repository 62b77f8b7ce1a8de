import Diagnostics
import Documents
import ServiceModel

/// A provider whose services are entries of a table: what the engine does is seen without any process.
actor InMemoryProvider: Provider {
    nonisolated let kind = ProviderKind.local
    nonisolated let releases: any ReleaseStore = Store()
    private var live: [ServiceIdentity: Release] = [:]
    private var holders: [ServiceIdentity: String] = [:]
    /// Services that were killed and not applied again.
    private var dead: Set<ServiceIdentity> = []

    /// Ends what runs of a service, as the end of the machine does.
    func kill(_ service: ServiceIdentity) { dead.insert(service) }

    func plan(_ release: Release, deleteData: Bool) throws -> Plan {
        let old = live[release.service]
        let base = old?.revision ?? 0
        guard let resource = release.resources.first else {
            let gone = old?.resources.first.map {
                Change(resource: $0.identity, action: .delete, effect: .replace)
            }
            return Plan(release: release, baseRevision: base, changes: [gone].compactMap(\.self))
        }
        let command = resource.manifest.value("spec", "command")?.sequence?.first
        if command?.string == "no-such-program" {
            throw Diagnostic(.error, .doomed, "the command does not exist", at: command?.location)
        }
        let fields = old?.resources.first.map { FieldDifference.between($0.manifest, resource.manifest) }
        let isDead = dead.contains(release.service)
        let action: Change.Action = fields.map { $0.isEmpty && !isDead ? .unchanged : .update } ?? .create
        let change = Change(
            resource: resource.identity, action: action, effect: action == .update ? .rolling : .none,
            fields: fields ?? [])
        return Plan(release: release, baseRevision: base, changes: [change])
    }

    func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        let release = plan.release
        guard let resource = release.resources.first else {
            live[release.service] = nil
            return Applied(endpoint: nil, monitoringURL: nil)
        }
        // Others get a turn, as they do while a real provider waits.
        await Task.yield()
        let variables = resource.manifest.value("spec", "env")?.sequence ?? []
        if let doom = variables.first(where: { $0["name"]?.string == "EXIT_AT_START" }) {
            throw Diagnostic(.error, .doomed, "the replicas exit at once", at: doom.location)
        }
        live[release.service] = release
        dead.remove(release.service)
        return Applied(endpoint: "memory:\(release.service)", monitoringURL: nil)
    }

    func observe(_ services: [ServiceIdentity]?) -> [ServiceStatus] {
        (services ?? live.keys.sorted()).compactMap { live[$0] }.map { release in
            let isDead = dead.contains(release.service)
            let replicas = release.resources.first?.manifest.value("spec", "replicas")?.integer ?? 0
            return ServiceStatus(
                service: release.service, dataType: release.dataType, provider: kind,
                environment: release.environment, version: release.version, revision: release.revision,
                state: isDead ? .stopped : .healthy, cause: nil, desiredReplicas: replicas, readyReplicas: replicas,
                replicas: [],
                recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil, gpuUsage: nil,
                endpoint: isDead ? nil : "memory:\(release.service)", created: 0)
        }
    }

    nonisolated func logs(
        of service: ServiceIdentity, replica: String?, tail: Int?, follow: Bool
    ) -> AsyncThrowingStream<LogLine, any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    func lock(
        _ service: ServiceIdentity, holder: String, wait: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> any DeploymentLock {
        let deadline = ContinuousClock.now + .milliseconds(wait.milliseconds)
        while let current = holders[service] {
            guard ContinuousClock.now < deadline else {
                throw Diagnostic(.error, .locked, "another deployment is under way", why: "held by \(current)")
            }
            report(.waitingForLock(holder: current))
            try await Task.sleep(for: .milliseconds(5))
        }
        holders[service] = holder
        return Lock(provider: self, service: service)
    }

    private func unlock(_ service: ServiceIdentity) { holders[service] = nil }

    private struct Lock: DeploymentLock {
        let provider: InMemoryProvider
        let service: ServiceIdentity

        func release() async { await provider.unlock(service) }
    }

    private actor Store: ReleaseStore {
        private var kept: [ServiceIdentity: [Release]] = [:]

        func releases(of service: ServiceIdentity) -> [Release] { kept[service] ?? [] }

        func save(_ release: Release, keeping limit: Int) {
            var all = (kept[release.service] ?? []).filter { $0.revision != release.revision } + [release]
            all.sort { $0.revision < $1.revision }
            kept[release.service] = all.suffix(max(limit, 1))
        }

        func removeAll(of service: ServiceIdentity) { kept[service] = nil }

        func services() -> [ServiceIdentity] { kept.keys.sorted() }
    }
}
