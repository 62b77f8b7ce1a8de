/// Which cluster is meant, where a provider runs services in one.
package struct ClusterChoice: Sendable, Hashable {
    /// The kubeconfig file; nil means those that kubectl would read.
    package var kubeconfig: String?
    /// The context in it; nil means the current one.
    package var context: String?
    /// Whether the composition's `trace` is told of each request.
    package var tellsRequests: Bool

    package init(kubeconfig: String? = nil, context: String? = nil, tellsRequests: Bool = false) {
        self.kubeconfig = kubeconfig
        self.context = context
        self.tellsRequests = tellsRequests
    }
}
