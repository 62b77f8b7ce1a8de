import KubernetesClient
package import ServiceModel

extension KubernetesProvider: EvidenceGathering {
    package func evidence(of service: ServiceIdentity, _ resources: [Resource]) async -> Evidence {
        await ClusterEvidence(cluster: cluster, service: service, limits: limits.evidence).gathered(resources)
    }
}
