package import ServiceModel

extension KubernetesProvider {
    package func inspect(_ service: ServiceIdentity) async throws -> ServiceInspection? {
        guard let status = try await observe([service]).first else { return nil }
        return try await ServerRefusal.told {
            try await ServiceInspector(cluster: cluster, releases: releases).inspect(status)
        }
    }
}
