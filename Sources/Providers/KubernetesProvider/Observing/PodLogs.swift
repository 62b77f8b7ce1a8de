import Documents
import KubernetesClient
import ServiceModel

/// Reads what the pods of a service write.
struct PodLogs: Sendable {
    /// The container whose output is the service's.
    private static let container = "workload"

    let api: KubernetesAPI
    let service: ServiceIdentity

    static func selector(of service: ServiceIdentity) -> String {
        "app.kubernetes.io/name=synthdata-service,app.kubernetes.io/instance=\(service.name)"
    }

    /// Pods one after another; all at once where they are followed. Pods that come later are not joined.
    func read(
        replica: String?, tail: Int?, follow: Bool, _ tell: @escaping @Sendable (LogLine) -> Void
    ) async throws {
        let selection = Selection(.pod, namespace: service.namespace, labels: Self.selector(of: service))
        let pods = try await api.list(selection) { $0.objectName }.items.sorted()
            .filter { replica == nil || $0 == replica }
        guard follow else {
            for pod in pods { try await read(pod, tail, follow: false, tell) }
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pod in pods { group.addTask { try await read(pod, tail, follow: true, tell) } }
            try await group.waitForAll()
        }
    }

    private func read(
        _ pod: String, _ tail: Int?, follow: Bool, _ tell: @Sendable (LogLine) -> Void
    ) async throws {
        do {
            try await api.logs(
                namespace: service.namespace, pod: pod, container: Self.container, tail: tail, follow: follow
            ) { tell(LogLine(replica: pod, bytes: $0)) }
        } catch let status as APIStatus where status.isNotFound || status.code == 400 {
            // The pod is gone, or its container has not started: there are no lines of it.
        }
    }
}
