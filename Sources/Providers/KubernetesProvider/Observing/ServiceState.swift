package import Documents
import KubernetesClient
package import ServiceModel

/// The one word for what a service is doing, from its Deployment and pods, and why it is not healthy.
package struct ServiceState: Sendable, Hashable {
    package let word: ServiceStatus.State
    /// Nil where there is nothing to explain.
    package let cause: String?

    /// - Parameter pods: of the Deployment, old ones included.
    package init(deployment: Node, pods: [Node]) {
        self.init(deployment, pods.compactMap(PodSummary.init))
    }

    init(_ deployment: Node, _ pods: [PodSummary]) {
        let readiness = Readiness(of: deployment)
        let status = deployment["status"]
        func count(_ key: String) -> Int { status?[key]?.integer ?? 0 }
        let desired = deployment.value("spec", "replicas")?.integer ?? 1
        let (total, updated, ready) = (count("replicas"), count("updatedReplicas"), count("readyReplicas"))
        if readiness.state == .terminating {
            self.init(.stopped, readiness.message)
            return
        }
        if desired == 0, total == 0 {
            self.init(.stopped, nil)
            return
        }
        if readiness.state == .current {
            self.init(.healthy, nil)
            return
        }
        let refused = deployment.condition("ReplicaFailure").flatMap { $0.isTrue ? $0.text : nil }
        let causes = pods.compactMap(\.cause)
        let likeliest = causes.first(where: \.isCertain) ?? causes.first
        let told = likeliest.map { "\($0.pod ?? "a pod"): \($0.message.isEmpty ? $0.words() : $0.message)" }
        let cause = told ?? refused ?? readiness.message
        // Nothing that waiting for will change; what ends again and again runs for a moment now and then.
        let isDoomed =
            causes.contains { $0.isCertain || $0.kind == .imageUnavailable }
            || pods.contains { !$0.isReady && $0.replica.restarts >= 2 }
        if readiness.state == .failed || refused != nil || isDoomed {
            self.init(ready == 0 ? .failed : .degraded, cause)
            return
        }
        if updated < total || Self.isRollingOut(deployment) {
            self.init(.updating, cause)
            return
        }
        let waits = pods.contains { !$0.isReady && !$0.isTerminating && !$0.isStarting }
        if total != desired || !waits {
            self.init(.scaling, cause)
            return
        }
        // What had been ready is not any more.
        self.init(ready == 0 ? .failed : .degraded, cause)
    }

    private init(_ word: ServiceStatus.State, _ cause: String?) {
        self.word = word
        self.cause = cause
    }

    /// Whether the Deployment's revision has not been ready on all its replicas yet. Changing their number afterwards
    /// leaves the reason as it is:
    /// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
    private static func isRollingOut(_ deployment: Node) -> Bool {
        guard let progressing = deployment.condition("Progressing") else { return true }
        return progressing.reason != "NewReplicaSetAvailable"
    }
}
