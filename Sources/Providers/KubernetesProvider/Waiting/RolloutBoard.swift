import Documents
import KubernetesClient
import ServiceModel
import Synchronization

/// What the watches of one rollout have seen so far, and what it means.
final class RolloutBoard: Sendable {
    /// A part of what a watch tells.
    enum Sight: Sendable {
        case all([Node])
        case changed(Node)
        case deleted(Node)
    }

    struct State: Sendable {
        var workload: Node?
        var replicaSets: [String: Node] = [:]
        var pods: [String: Node] = [:]
        /// The latest warnings about each pod, by its UID.
        var warnings: [String: PodWarnings] = [:]
        fileprivate var told = ""
        /// Since when each pod's cause has stood.
        fileprivate var standing: [String: (kind: PodCause.Kind, since: ContinuousClock.Instant)] = [:]
    }

    private let current = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    private let bounds: AutoscalerBounds?

    /// - Parameter bounds: of the autoscaler, where one owns the number of replicas.
    init(_ bounds: AutoscalerBounds?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.bounds = bounds
        self.now = now
    }

    var state: State { current.withLock { $0 } }

    func see(workload sight: Sight) {
        current.withLock { state in
            switch sight {
            case .all(let objects): state.workload = objects.first
            case .changed(let object): state.workload = object
            case .deleted: state.workload = nil
            }
        }
    }

    func see(replicaSet sight: Sight) { current.withLock { Self.see(sight, &$0.replicaSets) } }

    func see(pod sight: Sight) { current.withLock { Self.see(sight, &$0.pods) } }

    /// Events that are deleted were true all the same.
    func see(warning sight: Sight) {
        current.withLock { state in
            switch sight {
            case .all(let events): for event in events { state.add(warning: event) }
            case .changed(let event): state.add(warning: event)
            case .deleted: break
            }
        }
    }

    private static func see(_ sight: Sight, _ objects: inout [String: Node]) {
        switch sight {
        case .all(let all):
            objects = Dictionary(all.map { ($0.objectUID ?? $0.objectName, $0) }, uniquingKeysWith: { $1 })
        case .changed(let object): objects[object.objectUID ?? object.objectName] = object
        case .deleted(let object): objects[object.objectUID ?? object.objectName] = nil
        }
    }

    /// The verdict where there is one, and progress where it changed.
    func judge(_ report: (DeploymentEvent) -> Void) -> RolloutWaiter.Verdict? {
        let (verdict, news) = current.withLock { state -> (RolloutWaiter.Verdict?, DeploymentEvent?) in
            guard let workload = state.workload else { return (nil, nil) }
            let readiness = Readiness(of: workload)
            let progress = RolloutProgress(workload, pods: state.newPods)
            var news: DeploymentEvent?
            if progress.message != state.told {
                state.told = progress.message
                news = .progress(ready: progress.ready, desired: progress.desired, message: progress.message)
            }
            if readiness.state == .current, bounds?.hold(workload) ?? true { return (.ready, news) }
            if let cause = state.certainCause(at: now()) { return (.doomed(cause), news) }
            // Its deadline for progress is over.
            if readiness.state == .failed {
                let unknown = PodCause(kind: .stalled, pod: nil, container: nil, message: readiness.message)
                return (.doomed(state.likeliestCause ?? unknown), news)
            }
            return (nil, news)
        }
        if let news { report(news) }
        return verdict
    }
}

extension RolloutBoard.State {
    /// The ReplicaSet of the workload's current revision.
    var newReplicaSet: Node? {
        // Until the controller has seen the change, the newest one is the old one.
        guard let generation = workload?.value("metadata", "generation")?.integer,
            let observed = workload?.value("status", "observedGeneration")?.integer, observed >= generation
        else { return nil }
        let revision = workload?.value("metadata", "annotations", Self.revision)?.string
        return replicaSets.values.first { set in
            revision != nil && set.value("metadata", "annotations", Self.revision)?.string == revision
                && set.isOwned(by: workload?.objectUID)
        }
    }

    /// The pods of the current revision, in order of their names.
    var newPods: [Node] {
        guard let set = newReplicaSet else { return [] }
        return pods.values.filter { $0.isOwned(by: set.objectUID) }.sorted { $0.objectName < $1.objectName }
    }

    /// Why no pod can be made at all: a quota, an admission webhook, a missing service account.
    var creationFailure: PodCause? {
        guard let failure = newReplicaSet?.condition("ReplicaFailure"), failure.isTrue, newPods.isEmpty else {
            return nil
        }
        return PodCause(kind: .creationRefused, pod: nil, container: nil, message: failure.message)
    }

    fileprivate mutating func add(warning event: Node) {
        guard let pod = event.value("involvedObject", "uid")?.string else { return }
        warnings[pod, default: PodWarnings()].add(event)
    }

    private var causes: [(cause: PodCause, pod: String)] {
        newPods.compactMap { pod in
            let uid = pod.objectUID ?? ""
            return PodCause.cause(of: pod, warnings[uid]).map { ($0, uid) }
        }
    }

    var likeliestCause: PodCause? {
        let causes = causes.map(\.cause)
        return causes.first(where: \.isCertain) ?? causes.first { $0.kind != .notReady } ?? causes.first
            ?? creationFailure
    }

    /// A cause that waiting cannot mend: at once, or after it has stood for its time of grace.
    fileprivate mutating func certainCause(at now: ContinuousClock.Instant) -> PodCause? {
        let causes = causes
        var first: [String: (kind: PodCause.Kind, since: ContinuousClock.Instant)] = [:]
        var certain: PodCause?
        for (cause, pod) in causes {
            let since = standing[pod].flatMap { $0.kind == cause.kind ? $0.since : nil } ?? now
            first[pod] = (cause.kind, since)
            if let grace = cause.grace, now - since >= grace { certain = certain ?? cause }
        }
        standing = first
        return certain ?? creationFailure
    }

    private static let revision = "deployment.kubernetes.io/revision"
}

extension Node {
    func isOwned(by uid: String?) -> Bool {
        guard let uid else { return false }
        return (value("metadata", "ownerReferences")?.sequence ?? []).contains { $0["uid"]?.string == uid }
    }
}
