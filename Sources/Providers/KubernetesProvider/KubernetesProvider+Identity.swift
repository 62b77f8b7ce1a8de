import KubernetesClient
import ServiceModel

extension KubernetesProvider: ClusterIdentifying {
    package func clusterUID() async throws -> String? {
        try await ServerRefusal.told {
            do {
                return try await identity.uid()
            } catch let status as APIStatus where status.code == 403 {
                return nil
            }
        }
    }
}
