import KubernetesProvider
package import ServiceModel

extension AWSProvider: ClusterIdentifying {
    package var place: CloudPlace? { ground.place }

    package func clusterUID() async throws -> String? { try await ground.found().kubernetes.clusterUID() }
}
