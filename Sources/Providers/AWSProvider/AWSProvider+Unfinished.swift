import Diagnostics
import KubernetesProvider
import ServiceModel

/// Services that have no pods and perhaps something at AWS: the runs that were to make or take it away did not come to
/// their end.
extension AWSProvider {
    /// - Parameters:
    ///   - wanted: the only one to look for; nil means all.
    ///   - found: what has pods.
    /// - Returns: `found` and the others, in order.
    func withUnfinished(
        _ wanted: ServiceIdentity? = nil, in namespace: String?, _ found: @Sendable () async throws -> [ServiceStatus]
    ) async throws -> [ServiceStatus] {
        let cluster = try await self.cluster()
        async let recorded = Self.allowed { try await cluster.recordedServices(in: namespace) }
        let statuses = try await found()
        let known = Set(statuses.map(\.service))
        let candidates = try await recorded ?? []
        let others = try await candidates.filter { !known.contains($0) && $0 == wanted ?? $0 }
            .concurrentMap(atOnce: 8) { service in
                try await Self.allowed { try await unfinished(service, cluster) } ?? nil
            }
        return (statuses + others.compactMap(\.self)).sorted { $0.service < $1.service }
    }

    /// Nil where the rights are missing: who may only look at pods sees what has pods.
    private static func allowed<Value>(_ look: () async throws -> Value) async throws -> Value? {
        do {
            return try await look()
        } catch let problem as Diagnostic where problem.code.outcome == .denied {
            return nil
        }
    }

    /// Nil for one that has nothing at AWS, and for one that somebody works on, or has worked on since its pods were
    /// looked for.
    private func unfinished(_ service: ServiceIdentity, _ cluster: KubernetesProvider) async throws -> ServiceStatus? {
        guard try await !cluster.isWorkedOn(service) else { return nil }
        let current = try await releases.current(of: service)
        guard let last = current.last, last.provider == kind, last.status != .destroyed,
            current.contains(where: { $0.resources.contains { $0.identity.isCloud } }),
            try await cluster.observe([service]).isEmpty, try await !cluster.isWorkedOn(service)
        else { return nil }
        let wasDeployed = current.contains { $0.status == .deployed }
        return ServiceStatus(
            service: service, dataType: last.dataType, provider: last.provider, environment: last.environment,
            version: last.version, revision: last.revision, state: .failed,
            cause: wasDeployed
                ? "its pods are gone, and what it has at AWS may not be: destroy it again, or deploy it"
                : "its deployment did not come to its end, and may have made something at AWS: deploy it again, or destroy it",
            desiredReplicas: 0, readyReplicas: 0, replicas: [], recordsPerHour: nil, cpuUsage: nil, memoryUsage: nil,
            gpuUsage: nil, endpoint: nil, created: last.created)
    }
}
