/// Where a service runs.
public enum ProviderKind: String, Sendable, Hashable, CaseIterable {
    /// This machine, as processes under a supervisor.
    case local
    /// A Kubernetes cluster that a kubeconfig reaches.
    case onprem
    case aws
    case gcp
    case azure

    /// Whether services run in a Kubernetes cluster there.
    public var isKubernetes: Bool { self != .local }

    /// Whether a service has resources of a cloud beside its cluster's objects there.
    public var isCloud: Bool {
        switch self {
        case .aws, .gcp, .azure: true
        case .local, .onprem: false
        }
    }
}
