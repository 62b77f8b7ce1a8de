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
}
