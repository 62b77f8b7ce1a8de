public import Diagnostics

/// The one cluster that a service may be deployed to, so that a wrong context does no harm.
public struct ClusterPin: Sendable, Hashable {
    /// Of the namespace `kube-system`, which lives as long as its cluster does.
    public let uid: String
    /// Where it is configured: `deployment.cluster_uid`.
    public let location: SourceLocation

    public init(uid: String, location: SourceLocation) {
        self.uid = uid
        self.location = location
    }
}
