import Documents
import HTTPTransport
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
    /// that are started again, until the service is gone and its last pod has ended. One replica is followed until it
    /// is gone.
    ///
    /// - Parameter tail: of what runs already; of what comes later every line is told.
    func read(
        replica: String?, tail: Int?, follow: Bool, _ tell: @escaping @Sendable (LogLine) -> Void
    ) async throws {
        guard follow else {
            let pods = try await api.list(selection(.pod)) { $0.objectName }.items.sorted()
            for pod in pods where replica == nil || pod == replica {
                try await lines(of: pod, tail: tail, tell)
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
                        try await readToEnd(of: run, tell)
                    } catch {
                        coming.finish(throwing: error)
                    }
                }
            }
            // Whoever still writes when its service is gone is heard out.
            try await group.waitForAll()
        }
    }

    private func lines(
        of pod: String, tail: Int?, _ tell: (LogLine) -> Void
    ) async throws {
        try await told {
            try await api.logs(namespace: service.namespace, pod: pod, container: Self.container, tail: tail) {
                tell(LogLine(replica: pod, bytes: $0))
            }
        }
    }

    /// Follows one run to its end, across streams that are cut: a node's kubelet is started again, a load balancer ends
    /// what was silent for long.
    private func readToEnd(of run: Run, _ tell: (LogLine) -> Void) async throws {
        var mark = LogMark()
        var failures = 0
        while true {
            do {
                guard let place = try await place(of: run) else { return }
                mark.beginStream()
                try await told {
                    try await api.logs(
                        namespace: service.namespace, pod: run.pod, container: Self.container,
                        tail: mark.time == nil ? run.tail : nil, previous: place == .previous,
                        following: .init(since: mark.time, toEnd: place != .previous)
                    ) { line in
                        failures = 0
                        if let text = mark.text(of: line) { tell(LogLine(replica: run.pod, bytes: text)) }
                    }
                }
                if place != .running { return }
            } catch let error where Self.mayPass(error) && failures < Self.mostFailures {
                failures += 1
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func told(_ read: () async throws -> Void) async throws {
        do {
            try await read()
        } catch let status as APIStatus where status.isNotFound || status.code == 400 {
            // The pod is gone, or its container has not started: there are no lines of it.
        }
    }

    private static let pause = Duration.seconds(1)
    private static let mostFailures = 5

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPError: error.kind != .cancelled
        case let status as APIStatus: status.code >= 500 || status.code == 429
        default: false
        }
    }

    /// Where the lines of a run are kept.
    private enum Place {
        /// With the pod's container, which still runs.
        case running
        /// There, too, until it is started again.
        case ended
        /// With the run before the pod's.
        case previous
    }

    /// Nil where nothing is kept of the run any more. Of a pod's runs the last two are:
    /// https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/
    private func place(of run: Run) async throws -> Place? {
        guard let pod = try await api.get(.pod, namespace: service.namespace, name: run.pod),
            let status = Self.status(pod)
        else { return nil }
        if status.value("lastState", "terminated", "containerID")?.string == run.id { return .previous }
        guard status["containerID"]?.string == run.id else { return nil }
        return status.value("state", "running") == nil ? .ended : .running
    }

    private static func status(_ pod: Node) -> Node? {
        (pod.value("status", "containerStatuses")?.sequence ?? []).first { $0["name"]?.string == container }
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
            case .listed(let all):
                pods = all.sorted { $0.objectName < $1.objectName }
                if let replica, !all.contains(where: { $0.objectName == replica }) { return .enough }
            case .changed(let pod): pods = [pod]
            case .deleted(let pod):
                if pod.objectName == replica { return .enough }
                pods = []
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
        guard let status = status(pod) else { return nil }
        // One that waits may have been made, and has written nothing.
        return status.value("state", "waiting") == nil
            ? status["containerID"]?.string : status.value("lastState", "terminated", "containerID")?.string
    }

    /// Returns when the service has no Deployment any more, and gets none in the place of the last.
    private func untilItIsGone() async throws {
        repeat {
            var names: Set<String> = []
            try await api.watch(selection(.deployment)) { event in
                switch event {
                case .listed(let all): names = Set(all.map(\.objectName))
                case .changed(let deployment): names.insert(deployment.objectName)
                case .deleted(let deployment): names.remove(deployment.objectName)
                }
                return names.isEmpty ? .enough : .goOn
            }
            try await Task.sleep(for: Self.replacement)
        } while try await !api.list(selection(.deployment)) { $0.objectName }.items.isEmpty
    }

    /// Longer than it takes to make a Deployment anew that cannot be changed where it stands.
    private static let replacement = Duration.seconds(5)
}
