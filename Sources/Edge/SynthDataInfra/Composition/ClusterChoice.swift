package import KubernetesProvider

/// Which cluster is meant, where a provider runs services in one.
package struct ClusterChoice: Sendable, Hashable {
    /// The kubeconfig file; nil means those that kubectl would read.
    package var kubeconfig: String?
    /// The context in it; nil means the current one.
    package var context: String?
    /// Of a cloud.
    package var place = PlaceChoice()
    /// Whether the composition's `trace` is told of each request.
    package var tellsRequests: Bool
    /// What was decided about fields that others have set.
    package var ownership = FieldOwnership()

    package init(kubeconfig: String? = nil, context: String? = nil, tellsRequests: Bool = false) {
        self.kubeconfig = kubeconfig
        self.context = context
        self.tellsRequests = tellsRequests
    }
}
