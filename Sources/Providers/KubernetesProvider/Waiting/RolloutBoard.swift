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
    private let graces: CauseGraces

    /// - Parameter bounds: of the autoscaler, where one owns the number of replicas.
    init(
        _ bounds: AutoscalerBounds?, _ graces: CauseGraces,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.bounds = bounds
        self.graces = graces
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
            return (state.certainCause(at: now(), graces).map(RolloutWaiter.Verdict.doomed), news)
        }
        if let news { report(news) }
        return verdict
    }
}

extension RolloutBoard.State {
    /// The ReplicaSet of the workload's current revision: the one with the same pods, as its controller finds it.
    /// The revision's number would not do: while replicas and pods change at once, a controller tells that it has
    /// seen the change before it has made the new one.
    var newReplicaSet: Node? {
        guard let template = workload?.value("spec", "template") else { return nil }
        return replicaSets.values.filter { set in
            set.isOwned(by: workload?.objectUID)
                && set.value("spec", "template")?.removing(Self.hash, from: ["metadata", "labels"]) == template
        }.min { $0.creationTime < $1.creationTime }
    }

    /// The pods of the current revision, in order of their names.
    var newPods: [Node] {
        guard let set = newReplicaSet else { return [] }
        return pods.values.filter { $0.isOwned(by: set.objectUID) }.sorted { $0.objectName < $1.objectName }
    }

    /// Why pods cannot be made: a quota, an admission webhook, a missing service account.
    var creationFailure: PodCause? {
        guard let set = newReplicaSet, let failure = set.condition("ReplicaFailure"), failure.isTrue,
            set.value("status", "observedGeneration")?.integer == set.value("metadata", "generation")?.integer
        else { return nil }
        return PodCause(kind: .creationRefused, pod: nil, container: nil, message: failure.message)
    }

    fileprivate mutating func add(warning event: Node) {
        guard let pod = event.value("involvedObject", "uid")?.string else { return }
        warnings[pod, default: PodWarnings()].add(event)
    }

    private func causes(seesPastRuns: Bool = false) -> [(cause: PodCause, pod: String)] {
        newPods.compactMap { pod in
            let uid = pod.objectUID ?? ""
            return PodCause.cause(of: pod, warnings[uid], seesPastRuns: seesPastRuns).map { ($0, uid) }
        }
    }

    var likeliestCause: PodCause? {
        let causes = causes(seesPastRuns: true).map(\.cause)
        return causes.first(where: \.isCertain) ?? creationFailure ?? causes.first { $0.kind != .notReady }
            ?? causes.first
    }

    /// A cause that waiting cannot mend: at once, or after it has stood for its time of grace.
    fileprivate mutating func certainCause(
        at now: ContinuousClock.Instant, _ graces: CauseGraces
    ) -> PodCause? {
        var standing: [String: (kind: PodCause.Kind, since: ContinuousClock.Instant)] = [:]
        var candidates = causes()
        if let creationFailure { candidates.append((creationFailure, "creation")) }
        let readiness = Readiness(of: workload)
        if readiness.state == .failed {
            let stalled = PodCause(kind: .stalled, pod: nil, container: nil, message: readiness.message)
            candidates.append((stalled, "deadline"))
        }
        var certain: PodCause?
        for (cause, subject) in candidates {
            let since = self.standing[subject].flatMap { $0.kind == cause.kind ? $0.since : nil } ?? now
            standing[subject] = (cause.kind, since)
            guard let grace = isFinal(cause) ? .zero : cause.grace(graces) else { continue }
            if now - since >= grace { certain = certain ?? cause }
        }
        self.standing = standing
        return certain?.kind == .stalled ? likeliestCause ?? certain : certain
    }

    /// Whether pods are refused by a rule, and there are none whose end could make room for them.
    private func isFinal(_ cause: PodCause) -> Bool {
        cause.kind == .creationRefused && pods.isEmpty
            && ["is forbidden", "denied the request", "exceeded quota"].contains { cause.message.contains($0) }
    }

    private static let hash = "pod-template-hash"
}

extension Node {
    func isOwned(by uid: String?) -> Bool {
        guard let uid else { return false }
        return (value("metadata", "ownerReferences")?.sequence ?? []).contains { $0["uid"]?.string == uid }
    }

    fileprivate var creationTime: String { value("metadata", "creationTimestamp")?.string ?? "" }

    /// Without one entry of a mapping within it.
    fileprivate func removing(_ key: String, from path: [String]) -> Node {
        guard var mapping else { return self }
        if let first = path.first {
            guard let inner = mapping[first] else { return self }
            mapping[first] = inner.removing(key, from: Array(path.dropFirst()))
        } else {
            mapping.remove(key)
        }
        return .mapping(mapping)
    }
}
