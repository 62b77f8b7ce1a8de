import Documents
import FoundationEssentials
import KubernetesClient
package import ServiceModel

extension KubernetesProvider {
    /// Services with a release that is in force, or was to be: of what their pods do nothing is known.
    ///
    /// - Parameter namespace: the only one to look into; nil means all.
    package func recordedServices(in namespace: String?) async throws -> Set<ServiceIdentity> {
        let statuses = [Release.Status.pending, .deployed, .failed].map(\.rawValue).joined(separator: ",")
        let labels =
            "\(RecordMetadata.recordLabel)=\(SecretReleaseStore.record),\(RecordMetadata.statusLabel) in (\(statuses))"
        return try await ServerRefusal.told {
            let objects = try await cluster.api.listMetadata(Selection(.secret, namespace: namespace, labels: labels))
            return Set(objects.compactMap(RecordMetadata.service))
        }
    }

    /// Whether somebody deploys the service, scales or destroys it at the moment.
    package func isWorkedOn(_ service: ServiceIdentity) async throws -> Bool {
        try await ServerRefusal.told {
            let name = LeaseLock.name(of: service)
            let lease = try await cluster.api.get(.lease, namespace: service.namespace, name: name)
            let record = lease.flatMap(LeaseRecord.init(lease:))
            return record.map { !$0.isGone && !$0.hasExpired(at: Date()) } ?? false
        }
    }
}
