import Diagnostics
import ServiceModel

/// Services that have no pods and yet something at AWS: runs that made or took them away did not come to their end.
extension AWSProvider {
    /// - Parameters:
    ///   - found: those that have pods.
    ///   - wanted: the only one to look for; nil means all.
    func withUnfinished(
        _ found: [ServiceStatus], _ wanted: ServiceIdentity?, in namespace: String?
    ) async throws -> [ServiceStatus] {
        let known = Set(found.map(\.service))
        let recorded: [ServiceIdentity]
        do {
            recorded = try await releases.services(in: namespace)
        } catch let problem as Diagnostic where problem.code.outcome == .denied {
            // Who may only look at pods need not see the records.
            return found
        }
        let candidates = recorded.filter { !known.contains($0) && wanted ?? $0 == $0 }
        let unfinished = try await candidates.concurrentMap(atOnce: 8) { service in
            try await releases.current(of: service).last.flatMap(Self.unfinished)
        }
        return (found + unfinished.compactMap(\.self)).sorted { $0.service < $1.service }
    }

    /// Nil for a service of which only data is kept: it is not there.
    private static func unfinished(_ release: Release) -> ServiceStatus? {
        let cause: String
        switch release.status {
        case .destroyed: return nil
        case .pending, .failed:
            cause =
                "its deployment did not come to its end, and what it made at AWS is there: deploy it again, or destroy it"
        case .deployed, .superseded:
            cause = "its pods are gone, and what it has at AWS may not be: destroy it again, or deploy it"
        }
        return ServiceStatus(
            service: release.service, dataType: release.dataType, provider: release.provider,
            environment: release.environment, version: release.version, revision: release.revision, state: .failed,
            cause: cause, desiredReplicas: 0, readyReplicas: 0, replicas: [], recordsPerHour: nil, cpuUsage: nil,
            memoryUsage: nil, gpuUsage: nil, endpoint: nil, created: release.created)
    }
}
