/// A provider whose services run in a cluster that can be told from all others.
public protocol ClusterIdentifying: Provider {
    /// The UID of the namespace `kube-system`; nil for who may not look at it.
    func clusterUID() async throws -> String?
}
