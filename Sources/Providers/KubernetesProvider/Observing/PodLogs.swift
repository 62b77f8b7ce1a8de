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

    private func selection(_ type: ResourceType) -> Selection {
        Selection(type, namespace: service.namespace, labels: Self.selector(of: service))
    }

    /// Pods one after another. Where they are followed, all at once, with those that come later and with containers
    /// that are started again, until the service is gone and its last pod has ended.
    ///
    /// - Parameter tail: of what runs already; of what comes later every line is told.
    func read(
        replica: String?, tail: Int?, follow: Bool, _ tell: @escaping @Sendable (LogLine) -> Void
    ) async throws {
        guard follow else {
            let pods = try await api.list(selection(.pod)) { $0.objectName }.items.sorted()
            for pod in pods where replica == nil || pod == replica {
                try await read(Run(pod: pod, id: "", tail: tail), follow: false, tell)
            }
            return
        }
        let (runs, coming) = AsyncThrowingStream.makeStream(of: Run.self)
        let watching = Task { await watch(replica: replica, tail: tail, coming) }
        defer { watching.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for try await run in runs {
                group.addTask {
                    do {
                        try await read(run, follow: true, tell)
                    } catch {
                        coming.finish(throwing: error)
                    }
                }
            }
            // Whoever still writes when its service is gone is heard out.
            try await group.waitForAll()
        }
    }

    private func read(_ run: Run, follow: Bool, _ tell: @Sendable (LogLine) -> Void) async throws {
        do {
            try await api.logs(
                namespace: service.namespace, pod: run.pod, container: Self.container, tail: run.tail, follow: follow
            ) { tell(LogLine(replica: run.pod, bytes: $0)) }
        } catch let status as APIStatus where status.isNotFound || status.code == 400 {
            // The pod is gone, or its container has not started: there are no lines of it.
        }
    }

    // MARK: What comes

    /// One run of the container of a pod.
    private struct Run: Sendable, Hashable {
        let pod: String
        /// Of the container; the runtime gives each run another.
        let id: String
        let tail: Int?
    }

    /// Tells of each run once, and ends when the service is gone.
    private func watch(
        replica: String?, tail: Int?, _ coming: AsyncThrowingStream<Run, any Error>.Continuation
    ) async {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runs(of: replica, tail: tail) { coming.yield($0) } }
                group.addTask { try await untilItIsGone() }
                // Whichever ends first: pods are watched for ever.
                _ = try await group.next()
                group.cancelAll()
            }
            coming.finish()
        } catch {
            coming.finish(throwing: error)
        }
    }

    private func runs(of replica: String?, tail: Int?, _ tell: (Run) -> Void) async throws {
        var known: Set<String> = []
        var isBeginning = true
        try await api.watch(selection(.pod)) { event in
            let pods: [Node]
            switch event {
            case .listed(let all): pods = all.sorted { $0.objectName < $1.objectName }
            case .changed(let pod): pods = [pod]
            case .deleted: pods = []
            }
            for pod in pods where replica == nil || pod.objectName == replica {
                guard let id = Self.started(pod), known.insert(id).inserted else { continue }
                tell(Run(pod: pod.objectName, id: id, tail: isBeginning ? tail : nil))
            }
            isBeginning = false
            return .goOn
        }
    }

    /// The container that has written last; nil where none has been started.
    private static func started(_ pod: Node) -> String? {
        let statuses = pod.value("status", "containerStatuses")?.sequence ?? []
        guard let status = statuses.first(where: { $0["name"]?.string == container }) else { return nil }
        // One that waits may have been made, and has written nothing.
        return status.value("state", "waiting") == nil
            ? status["containerID"]?.string : status.value("lastState", "terminated", "containerID")?.string
    }

    /// Returns when the service has no Deployment any more.
    private func untilItIsGone() async throws {
        var names: Set<String> = []
        try await api.watch(selection(.deployment)) { event in
            switch event {
            case .listed(let all): names = Set(all.map(\.objectName))
            case .changed(let deployment): names.insert(deployment.objectName)
            case .deleted(let deployment): names.remove(deployment.objectName)
            }
            return names.isEmpty ? .enough : .goOn
        }
    }
}
