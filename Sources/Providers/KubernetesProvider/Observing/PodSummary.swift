import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// What a status tells of one pod.
struct PodSummary: Sendable {
    private static let hashLabel = "pod-template-hash"

    let service: ServiceIdentity
    let replica: ServiceStatus.Replica
    let cause: PodCause?
    let facts: PodFacts
    let isReady: Bool
    let isTerminating: Bool
    /// Whether it has not been ready since it was made, and nothing has gone wrong.
    let isStarting: Bool
    private let templateHash: String?
    private let created: String

    init?(_ pod: Node) {
        guard let service = ServiceObserver.identity(of: pod) else { return nil }
        self.service = service
        cause = PodCause.cause(of: pod)
        facts = PodFacts(pod)
        let statuses = pod.value("status", "containerStatuses")?.sequence ?? []
        let started = pod.value("status", "startTime")?.string.flatMap { try? Date($0, strategy: .iso8601) }
        let restarts = statuses.reduce(0) { $0 + ($1["restartCount"]?.integer ?? 0) }
        isTerminating = pod.isTerminating
        isReady = !isTerminating && Readiness(of: pod).state == .current
        isStarting = !isReady && !isTerminating && restarts == 0 && !Self.wasReady(pod, statuses)
        templateHash = pod.value("metadata", "labels", Self.hashLabel)?.string
        created = pod.value("metadata", "creationTimestamp")?.string ?? ""
        let state = isTerminating ? "stopping" : isReady ? "ready" : cause?.isCertain == true ? "failed" : "starting"
        replica = ServiceStatus.Replica(
            name: pod.objectName, state: state, restarts: restarts,
            started: started.map { Int($0.timeIntervalSince1970) }, revision: 0,
            node: pod.value("spec", "nodeName")?.string)
    }

    /// Whether it became unready after its container was started. A pod is unready from its making on, so that the time
    /// of that change tells the two apart; RFC 3339 in UTC: later is greater.
    static func wasReady(_ pod: Node, _ statuses: [Node]) -> Bool {
        let conditions = pod.value("status", "conditions")?.sequence ?? []
        guard let since = conditions.first(where: { $0["type"]?.string == "Ready" })?["lastTransitionTime"]?.string,
            let started = statuses.compactMap({ $0.value("state", "running", "startedAt")?.string }).max()
        else { return false }
        return since > started
    }

    /// The replicas, those of the Deployment's current pods with its revision.
    static func replicas(_ pods: [PodSummary], of deployment: Node, revision: Int) -> [ServiceStatus.Replica] {
        let hasUpdated = (deployment.value("status", "updatedReplicas")?.integer ?? 0) > 0
        let current = hasUpdated ? pods.max { $0.created < $1.created }?.templateHash : nil
        return pods.map { pod in
            guard let current, pod.templateHash == current else { return pod.replica }
            return ServiceStatus.Replica(
                name: pod.replica.name, state: pod.replica.state, restarts: pod.replica.restarts,
                started: pod.replica.started, revision: revision, node: pod.replica.node)
        }
    }
}
