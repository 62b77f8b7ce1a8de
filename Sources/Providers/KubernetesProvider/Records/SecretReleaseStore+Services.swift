import Documents
import KubernetesClient
import ServiceModel

extension SecretReleaseStore {
    /// Asks of one namespace alone where one is named: a user may have no right beyond it.
    func services(in namespace: String?) async throws -> [ServiceIdentity] {
        let labels = "\(RecordMetadata.recordLabel)=\(Self.record)"
        let objects = try await ServerRefusal.told {
            try await cluster.api.listMetadata(Selection(.secret, namespace: namespace, labels: labels))
        }
        return Set(objects.compactMap(RecordMetadata.service)).sorted()
    }
}

extension RecordMetadata {
    /// The service whose record an object is.
    static func service(of object: Node) -> ServiceIdentity? {
        guard let name = object.value("metadata", "labels", serviceLabel)?.string,
            let name = try? ServiceName(name), let namespace = object.objectNamespace
        else { return nil }
        return ServiceIdentity(name: name, namespace: namespace)
    }
}
