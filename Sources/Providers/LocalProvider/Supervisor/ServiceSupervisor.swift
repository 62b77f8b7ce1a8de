import Diagnostics
import Documents
import Logging
import NIOCore
import NIOPosix
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps one service as its `desired.json` says: owns the replicas, the endpoint and the record of both.
///
/// Decisions are made by ``ReplicaLifecycle`` (one replica) and ``Rollout`` (all of them); this actor
/// feeds them what happens and does what they say.
actor ServiceSupervisor {
    let folder: StateFolder
    let loop: any EventLoop
    let log: Logger
    let http: LoopbackHTTP
    let identity: ProcessIdentity
    /// Whether the state folder is still the one that this supervisor locked.
    let ownsFolder: @Sendable () -> Bool
    let watcher: ExitWatcher
    let balancer: Balancer

    /// What is being run; differs from `desired.json` after a failed release.
    var target: DesiredState?
    /// The last release that became ready everywhere.
    var serving: DesiredState?
    var failure: ServiceSnapshot.Failure?
    var replicas: [Int: SupervisedReplica] = [:]
    /// Whether the current rollout is over.
    var isSettled = false
    var sampler = UsageSampler()
    var listener: (any Channel)?
    var port: Int?
    private var isStopping = false
    var isBinding = false
    var subscribers: [Int: AsyncStream<ControlMessage.Event>.Continuation] = [:]
    private var nextSubscriber = 0
    private var lastGeneration = 0
    var wakeUp: Task<Void, Never>?
    var lastProgress: RolloutProgress?
    private let ended: AsyncStream<Void>.Continuation
    private let endings: AsyncStream<Void>

    init(
        folder: StateFolder, identity: ProcessIdentity, loop: any EventLoop, balancer: Balancer, log: Logger,
        ownsFolder: @escaping @Sendable () -> Bool
    ) {
        self.folder = folder
        self.identity = identity
        self.loop = loop
        self.balancer = balancer
        self.log = log
        self.ownsFolder = ownsFolder
        http = LoopbackHTTP(loop: loop)
        watcher = ExitWatcher()
        (endings, ended) = AsyncStream.makeStream()
    }

    /// The environment entry that marks every process of this service.
    nonisolated var marker: String { "\(ReplicaLaunch.marker)=\(folder.path)" }

    var now: Int { MonotonicClock.milliseconds }

    /// Returns when the supervisor has nothing left to do.
    nonisolated func waitForEnd() async {
        for await _ in endings {}
    }

    // MARK: Beginning

    /// Takes over what an earlier supervisor left, and goes on with what `desired.json` says.
    func begin() async {
        let warn: (Diagnostic) -> Void = { [log] in log.warning("\($0)") }
        serving = DesiredState.read(folder.serving, warn: warn)
        let previous = ServiceSnapshot.read(folder, warn: warn)
        failure = previous?.failure
        let desired = DesiredState.read(folder.desired, warn: warn)
        target = desired?.release.revision == failure?.revision ? serving ?? desired : desired ?? serving
        adopt(previous?.replicas ?? [])
        let strays = ProcessSignal.killMarked(marker, except: sessionsKept())
        if strays > 0 { log.warning("ended \(strays) stray processes of an earlier supervisor") }
        guard let target else {
            log.notice("nothing to run")
            finish()
            return
        }
        isSettled = target.release.revision == serving?.release.revision
        if let problem = await bind(target, preferring: rememberedPort()) {
            fail(problem)
            // What it goes back to may listen elsewhere.
            if let target = self.target, let problem = await bind(target, preferring: rememberedPort()) {
                log.error("\(problem)")
                self.target = nil
            }
        }
        reconcile()
    }

    private func adopt(_ records: [ServiceSnapshot.Replica]) {
        for record in records {
            guard let process = record.process, process.isRunning, ProcessTable.isMarked(process.pid, marker),
                let state = [target, serving].compactMap(\.self).first(where: { $0.spec.template == record.template })
            else { continue }
            var replica = SupervisedReplica(
                slot: record.slot, state: state,
                lifecycle: ReplicaLifecycle(
                    adopting: ReplicaLifecycle.Policy(state.spec), restarts: record.restarts, at: now),
                in: folder)
            replica.process = process
            replica.port = record.port
            replica.started = record.started
            replica.generation = nextGeneration()
            replicas[record.slot] = replica
            log.notice("took over replica \(record.name), process \(process.pid)")
            attend(record.slot)
        }
    }

    /// The processes that belong to sessions of adopted replicas.
    private func sessionsKept() -> Set<pid_t> {
        let leaders = Set(replicas.values.compactMap(\.process?.pid))
        guard !leaders.isEmpty else { return [] }
        return Set(ProcessTable.all().filter { leaders.contains($0.session) }.map(\.pid))
    }

    // MARK: Requests

    func answer(_ request: ControlMessage.Request) async -> AsyncStream<ControlMessage.Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: ControlMessage.Event.self)
        switch request {
        case .status:
            continuation.yield(.status(snapshot()))
            continuation.finish()
        case .apply(let revision):
            subscribe(continuation)
            await apply(revision)
        case .stop:
            subscribe(continuation)
            stop()
        case .retire:
            log.notice("making room for a successor")
            persist()
            continuation.yield(.stopped)
            continuation.finish()
            finish()
        }
        return stream
    }

    private func subscribe(_ continuation: AsyncStream<ControlMessage.Event>.Continuation) {
        nextSubscriber += 1
        let key = nextSubscriber
        subscribers[key] = continuation
        lastProgress = nil
        continuation.onTermination = { [weak self] _ in
            guard let self else { return }
            Task { await self.unsubscribe(key) }
        }
    }

    private func unsubscribe(_ key: Int) {
        subscribers[key] = nil
    }

    func emit(_ event: ControlMessage.Event) {
        for (key, continuation) in subscribers {
            continuation.yield(event)
            if event.isLast {
                continuation.finish()
                subscribers[key] = nil
            }
        }
    }

    private func apply(_ revision: Int) async {
        var problem: Diagnostic?
        let read = DesiredState.read(folder.desired) { problem = $0 }
        guard !isStopping, let desired = read, desired.release.revision == revision else {
            emit(
                .failed(
                    problem
                        ?? Diagnostic(
                            .error, .supervisor, "revision \(revision) is not what the state folder desires",
                            why: isStopping ? "the service is being stopped" : nil, fix: "deploy again")))
            return
        }
        log.notice("revision \(revision): \(desired.release.reason)")
        if let problem = await bind(desired, preferring: port) {
            failure = ServiceSnapshot.Failure(revision: revision, diagnostic: problem)
            log.error("\(problem)")
            persist()
            emit(.failed(problem))
            if replicas.isEmpty { finish() }
            return
        }
        target = desired
        failure = nil
        isSettled = false
        let template = desired.spec.template
        for slot in replicas.keys where replicas[slot]?.template == template {
            replicas[slot]?.state = desired
            replicas[slot]?.lifecycle.policy = ReplicaLifecycle.Policy(desired.spec)
            if replicas[slot]?.lifecycle.isReady == false { replicas[slot]?.lifecycle.isOnTrial = true }
            attend(slot)
        }
        reconcile()
    }

    /// Ends all replicas, then the supervisor.
    func stop() {
        guard !isStopping else { return }
        log.notice("stopping")
        isStopping = true
        target = nil
        reconcile()
    }

    /// Numbers processes: news of an earlier one is never taken for a later one's.
    func nextGeneration() -> Int {
        lastGeneration += 1
        return lastGeneration
    }

    func finish() {
        wakeUp?.cancel()
        listener?.close(promise: nil)
        emit(.stopped)
        ended.finish()
    }
}
