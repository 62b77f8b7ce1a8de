import Documents
import KubernetesClient
import ServiceModel

/// What pods use, from the cluster's metrics API where it is served: https://github.com/kubernetes/metrics
struct ResourceMetrics: Sendable {
    struct Usage: Sendable {
        /// Cores.
        var cpu = 0.0
        /// Bytes.
        var memory = 0.0
    }

    /// An API server that has lost its metrics server answers late.
    private static let deadline = Duration.seconds(3)

    let cluster: Cluster

    /// By `namespace/name` of the pods; empty where nothing is served.
    func read(in namespace: String?, labels: String) async -> [String: Usage] {
        await Deadline.value(within: Self.deadline) {
            guard let type = try await cluster.discovery.type(apiVersion: "metrics.k8s.io/v1beta1", kind: "PodMetrics")
            else { return nil }
            let pods = try await cluster.api.list(Selection(type, namespace: namespace, labels: labels)) { pod in
                ("\(pod.objectNamespace ?? "")/\(pod.objectName)", Self.usage(pod))
            }.items
            return Dictionary(pods, uniquingKeysWith: { $1 })
        } ?? [:]
    }

    private static func usage(_ pod: Node) -> Usage {
        (pod["containers"]?.sequence ?? []).reduce(into: Usage()) { sum, container in
            sum.cpu += container.value("usage", "cpu")?.string.flatMap { Quantity($0) }?.double ?? 0
            sum.memory += container.value("usage", "memory")?.string.flatMap { Quantity($0) }?.double ?? 0
        }
    }
}
