import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel
import Synchronization

/// Waits until every object of a service is as it should be, or cannot become so.
///
/// Two watches feed it, of the service's workloads and of its pods; each change is judged at once. Other kinds are
/// looked at now and then: none of them is what a service waits for longest.
struct RolloutWaiter: Sendable {
    let cluster: Cluster
    let provider: ProviderKind
    let graces: CauseGraces
    let report: @Sendable (DeploymentEvent) -> Void

    /// Kinds that are as they should be once they are written.
    private static let settled: Set<String> = [
        "Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy",
        "Secret", "ConfigMap", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress",
    ]

    /// Whether an object that was just seen needs no waiting.
    static func isSettled(_ live: Node, as object: DesiredObject, among objects: [DesiredObject]) -> Bool {
        if settled.contains(object.identity.kind) { return true }
        guard readiness(of: live).state == .current else { return false }
        return object.identity.kind != "Deployment" || AutoscalerBounds(of: object, among: objects)?.hold(live) ?? true
    }

    /// - Parameter settled: those of the objects that need no waiting.
    /// - Throws: ``Diagnostic`` with `deploy.doomed` as soon as that is certain, `deploy.timed-out` after `timeout`.
    func wait(
        for objects: [DesiredObject], except settled: Set<Resource.Identity> = [], timeout: TimeSpan
    ) async throws {
        let waiting = objects.filter { !settled.contains($0.identity) }
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(timeout.milliseconds)
        for workload in waiting where workload.identity.kind == "Deployment" {
            try await follow(workload, among: objects, until: end)
        }
        let others = waiting.filter { $0.identity.kind != "Deployment" && !Self.settled.contains($0.identity.kind) }
        try await settle(others, until: end)
    }

    // MARK: Workloads

    private func follow(
        _ workload: DesiredObject, among objects: [DesiredObject], until end: ContinuousClock.Instant
    ) async throws {
        let bounds = AutoscalerBounds(of: workload, among: objects)
        if try await isQuick(workload, bounds) { return }
        let board = RolloutBoard(bounds, graces)
        let outcome = try await withThrowingTaskGroup(of: Verdict?.self) { group in
            let selector = Self.selector(of: workload.manifest)
            group.addTask { [cluster] in
                let selection = Selection(
                    workload.type, namespace: workload.identity.namespace,
                    fields: "metadata.name=\(workload.identity.name)")
                return try await watch(selection, on: board, cluster) { $0.see(workload: $1) }
            }
            group.addTask { [cluster] in
                let selection = Selection(.replicaSet, namespace: workload.identity.namespace, labels: selector)
                return try await watch(selection, on: board, cluster) { $0.see(replicaSet: $1) }
            }
            group.addTask { [cluster] in
                let selection = Selection(.pod, namespace: workload.identity.namespace, labels: selector)
                return try await watch(selection, on: board, cluster) { $0.see(pod: $1) }
            }
            group.addTask { [cluster] in
                let selection = Selection(
                    .event, namespace: workload.identity.namespace, fields: "involvedObject.kind=Pod,type=Warning")
                do {
                    return try await watch(selection, on: board, cluster) { $0.see(warning: $1) }
                } catch let status as APIStatus where status.isDenied {
                    // Without the right to read events the verdict only has fewer words.
                    return nil
                }
            }
            group.addTask {
                // What is certain only after a while is looked at again without anything changing.
                while ContinuousClock.now < end {
                    try await Task.sleep(for: min(.seconds(1), ContinuousClock.now.duration(to: end)))
                    if let verdict = board.judge(report) { return verdict }
                }
                return .timedOut
            }
            defer { group.cancelAll() }
            while let verdict = try await group.next() {
                if let verdict { return verdict }
            }
            return .timedOut
        }
        let claims = objects.filter { $0.identity.kind == "PersistentVolumeClaim" }.map(\.manifest)
        let cause = CauseReport(cluster: cluster, provider: provider, claims: claims)
        switch outcome {
        case .ready: return
        case .doomed(let certain): throw await cause.doomed(certain, workload, board.state)
        case .timedOut: throw await cause.timedOut(workload, board.state)
        }
    }

    /// Whether it is ready already, or within moments: then it needs no watches.
    private func isQuick(_ workload: DesiredObject, _ bounds: AutoscalerBounds?) async throws -> Bool {
        var pause = Duration.milliseconds(25)
        while true {
            guard let live = try await live(workload),
                live.value("spec", "replicas")?.integer == 0
                    || Readiness(of: live).state == .current
            else { return false }
            if Readiness(of: live).state == .current { return bounds?.hold(live) ?? true }
            // Without pods only the controller has to look at it.
            guard pause < .seconds(2) else { return false }
            try await Task.sleep(for: pause)
            pause = pause * 2
        }
    }

    enum Verdict: Sendable {
        case ready
        case doomed(PodCause)
        case timedOut
    }

    private func watch(
        _ selection: Selection, on board: RolloutBoard, _ cluster: Cluster,
        _ see: @escaping @Sendable (RolloutBoard, RolloutBoard.Sight) -> Void
    ) async throws -> Verdict? {
        let verdict = Mutex<Verdict?>(nil)
        try await cluster.api.watch(selection) { event in
            switch event {
            case .listed(let objects): see(board, .all(objects))
            case .changed(let object): see(board, .changed(object))
            case .deleted(let object): see(board, .deleted(object))
            }
            let judged = board.judge(report)
            verdict.withLock { $0 = judged }
            return judged == nil ? .goOn : .enough
        }
        return verdict.withLock { $0 }
    }

    /// `key=value,…` of a workload's `matchLabels`.
    static func selector(of manifest: Node) -> String {
        (manifest.value("spec", "selector", "matchLabels")?.mapping?.entries ?? [])
            .compactMap { entry in entry.value.string.map { "\(entry.key)=\($0)" } }.joined(separator: ",")
    }

    // MARK: Everything else

    private func settle(
        _ objects: [DesiredObject], until end: ContinuousClock.Instant
    ) async throws {
        var pause = Duration.milliseconds(100)
        var waiting = objects
        while true {
            let states = try await cluster.concurrently(waiting) { object in
                (object, Self.readiness(of: try await live(object)))
            }
            if let (object, failed) = states.first(where: { $0.1.state == .failed }) {
                throw Diagnostic(
                    .error, .doomed, "\(object.identity) has failed", at: object.manifest.location, why: failed.message)
            }
            waiting = states.filter { $0.1.state != .current }.map(\.0)
            guard let (object, state) = states.first(where: { $0.1.state != .current }) else { return }
            if ContinuousClock.now > end {
                throw Diagnostic(
                    .error, .timedOut, "\(object.identity) is not ready in time", at: object.manifest.location,
                    why: state.message, fix: "look at it, then deploy again, or wait longer with --timeout")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func live(_ object: DesiredObject) async throws -> Node? {
        try await cluster.api.get(object.type, namespace: object.identity.namespace, name: object.identity.name)
    }

    /// A claim that no pod uses yet may wait for its first one for ever; where a pod needs it, the pod was waited for.
    private static func readiness(of live: Node?) -> Readiness {
        let readiness = Readiness(of: live)
        let isUnusedClaim = live?.kindName == "PersistentVolumeClaim" && readiness.state == .inProgress
        return isUnusedClaim ? Readiness(.current) : readiness
    }
}
