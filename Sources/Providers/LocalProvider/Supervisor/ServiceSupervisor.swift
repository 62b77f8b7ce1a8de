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
    private let watcher: ExitWatcher
    private let balancer: Balancer

    /// What is being run; differs from `desired.json` after a failed release.
    var target: DesiredState?
    /// The last release that became ready everywhere.
    var serving: DesiredState?
    var failure: ServiceSnapshot.Failure?
    var replicas: [Int: SupervisedReplica] = [:]
    /// Whether the current rollout is over.
    var isSettled = false
    var sampler = UsageSampler()
    private var listener: (any Channel)?
    private(set) var port: Int?
    private var isStopping = false
    private var isBinding = false
    private var subscribers: [Int: AsyncStream<ControlMessage.Event>.Continuation] = [:]
    private var nextSubscriber = 0
    private var wakeUp: Task<Void, Never>?
    private var lastProgress: String?
    private let ended: AsyncStream<Void>.Continuation
    private let endings: AsyncStream<Void>

    init(folder: StateFolder, identity: ProcessIdentity, loop: any EventLoop, balancer: Balancer, log: Logger) {
        self.folder = folder
        self.identity = identity
        self.loop = loop
        self.balancer = balancer
        self.log = log
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
                    adopting: ReplicaLifecycle.Policy(state.spec), restarts: record.restarts, at: now))
            replica.process = process
            replica.port = record.port
            replica.started = record.started
            replica.generation = 1
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

    private func emit(_ event: ControlMessage.Event) {
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
        log.notice("stopping")
        isStopping = true
        target = nil
        reconcile()
    }

    // MARK: Endpoint

    /// Makes the endpoint listen at the port that `state` wants, unless it does.
    private func bind(_ state: DesiredState, preferring remembered: Int?) async -> Diagnostic? {
        let wanted = state.spec.port
        if let port, wanted == 0 || wanted == port, listener != nil { return nil }
        while isBinding { try? await Task.sleep(for: .milliseconds(5)) }
        isBinding = true
        defer { isBinding = false }
        var candidates = wanted == 0 ? [0] : [wanted]
        if wanted == 0, let remembered { candidates.insert(remembered, at: 0) }
        var last: (any Error)?
        for candidate in candidates {
            do {
                let new = try await balancer.listen(port: candidate)
                let old = listener
                listener = new
                port = new.localAddress?.port
                old?.close(promise: nil)
                if let port {
                    try? StateFile.replace(folder.port, with: Array("\(port)\n".utf8))
                    log.notice("listening on 127.0.0.1:\(port)")
                }
                return nil
            } catch {
                last = error
                log.warning("port \(candidate): \(error)")
            }
        }
        return portProblem(state, wanted, last)
    }

    private func portProblem(_ state: DesiredState, _ port: Int, _ error: (any Error)?) -> Diagnostic {
        let place = state.spec.location(of: ["spec", "port"])
        guard let error = error as? IOError, error.errnoCode == EADDRINUSE else {
            return Diagnostic(
                .error, .portTaken, "the endpoint cannot listen on 127.0.0.1:\(port)", at: place,
                why: error.map { "\($0)" }, fix: "choose another port, or 0 to let the system choose")
        }
        return Diagnostic(
            .error, .portTaken, "port \(port) is taken", at: place,
            why: PortHolder.describe(port: port).map { "\($0) listens on it" } ?? "another process listens on it",
            fix: "end that process, choose another port, or 0 to let the system choose")
    }

    private func rememberedPort() -> Int? {
        guard let bytes = try? FileBytes.read(path: folder.port, maximumSize: 64) else { return nil }
        return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    var endpoint: String? { port.map { "http://127.0.0.1:\($0)" } }

    // MARK: Replicas

    /// Feeds one event to a replica and does what follows from it.
    func handle(_ slot: Int, _ generation: Int, _ event: ReplicaLifecycle.Event) {
        guard replicas[slot]?.generation == generation else { return }
        if case .exited(let status) = event { processEnded(slot, status) }
        advance(slot, event)
        reconcile()
    }

    private func processEnded(_ slot: Int, _ status: ExitStatus) {
        guard let name = replicas[slot]?.name else { return }
        log.notice("replica \(name) \(status)")
        replicas[slot]?.probes?.cancel()
        replicas[slot]?.probes = nil
        replicas[slot]?.process = nil
        replicas[slot]?.started = nil
    }

    private func advance(_ slot: Int, _ event: ReplicaLifecycle.Event) {
        guard let replica = replicas[slot] else { return }
        let actions = replicas[slot]?.lifecycle.handle(event, at: now, jitter: .random(in: 0...1)) ?? []
        for action in actions { perform(action, on: replica) }
    }

    private func perform(_ action: ReplicaLifecycle.Action, on replica: SupervisedReplica) {
        let slot = replica.slot
        switch action {
        case .start: start(slot)
        case .admit:
            log.info("replica \(replica.name) is ready")
            balancer.admit(name: replica.name, port: replica.port)
        case .withdraw:
            let generation = replica.generation
            Task {
                await balancer.withdraw(name: replica.name)
                self.handle(slot, generation, .drained)
            }
        case .terminate:
            if let process = replica.process { ProcessSignal.sendToGroup(of: process, SIGTERM) }
        case .kill:
            log.warning("replica \(replica.name) ignored SIGTERM for \(replica.lifecycle.policy.grace) ms")
            if let process = replica.process { ProcessSignal.sendToGroup(of: process, SIGKILL) }
        case .warn(let text):
            log.warning("replica \(replica.name) \(text)")
            emit(.warning("replica \(replica.name) \(text)"))
        }
    }

    private func start(_ slot: Int) {
        guard let replica = replicas[slot] else { return }
        let generation = replica.generation + 1
        replicas[slot]?.generation = generation
        do {
            let launch = try ReplicaLaunch(folder: folder, replica: replica, marker: marker)
            let process = try launch.start()
            replicas[slot]?.process = process
            replicas[slot]?.port = launch.port
            replicas[slot]?.started = Int(time(nil))
            log.notice("replica \(replica.name) started as process \(process.pid) on port \(launch.port)")
            advance(slot, .started)
            attend(slot)
        } catch {
            replicas[slot]?.startProblem = error
            advance(slot, .startFailed(error.what))
        }
    }

    /// Watches a replica's process and asks its probes.
    private func attend(_ slot: Int) {
        guard let replica = replicas[slot], let process = replica.process else { return }
        let generation = replica.generation
        let isNew = replica.probes == nil
        replica.probes?.cancel()
        let probe = ReplicaProbe(http: http, port: replica.port)
        let spec = replica.state.spec
        replicas[slot]?.probes = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.askReadiness(slot, generation, probe, spec.readiness) }
                if let liveness = spec.liveness {
                    group.addTask { await self.askLiveness(slot, generation, probe, liveness) }
                }
            }
        }
        guard isNew else { return }
        watcher.watch(process, endsGroup: true) { status in
            Task { await self.handle(slot, generation, .exited(status)) }
        }
    }

    private nonisolated func askReadiness(
        _ slot: Int, _ generation: Int, _ probe: ReplicaProbe, _ readiness: LocalServiceSpec.Probe
    ) async {
        // While it starts it is asked more often, so that a quick start is noticed quickly.
        var pause = min(20, readiness.period)
        while !Task.isCancelled {
            let answer = await probe.ask(readiness)
            if Task.isCancelled { return }
            let isReady = await tell(slot, generation, .readiness(answer))
            pause = isReady ? readiness.period : min(pause * 2, readiness.period, 250)
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }

    private nonisolated func askLiveness(
        _ slot: Int, _ generation: Int, _ probe: ReplicaProbe, _ liveness: LocalServiceSpec.Probe
    ) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(liveness.period))
            guard await serves(slot, generation) else { continue }
            let answer = await probe.ask(liveness)
            if Task.isCancelled { return }
            _ = await tell(slot, generation, .liveness(answer))
        }
    }

    private func tell(_ slot: Int, _ generation: Int, _ event: ReplicaLifecycle.Event) -> Bool {
        let before = replicas[slot]?.lifecycle.phase
        guard replicas[slot]?.generation == generation else { return false }
        advance(slot, event)
        if replicas[slot]?.lifecycle.phase != before { reconcile() }
        return replicas[slot]?.lifecycle.isReady ?? false
    }

    private func serves(_ slot: Int, _ generation: Int) -> Bool {
        guard let replica = replicas[slot], replica.generation == generation else { return false }
        switch replica.lifecycle.phase {
        case .ready, .unready: return true
        default: return false
        }
    }

    // MARK: Reconciling

    /// Brings what runs closer to the target, until nothing can be done at once.
    private func reconcile() {
        for (slot, replica) in replicas where replica.lifecycle.phase == .ended { replicas[slot] = nil }
        if let doomed = replicas.values.first(where: { $0.lifecycle.doom != nil }), let doom = doomed.lifecycle.doom {
            fail(
                DoomDiagnosis.diagnose(
                    doom, replica: doomed.name, spec: doomed.state.spec, startProblem: doomed.startProblem,
                    logPath: folder.log(doomed.name)))
        }
        let steps = Rollout.next(members, desired: desiredReplicas)
        for step in steps {
            switch step {
            case .start(let slot):
                guard let target else { continue }
                replicas[slot] = SupervisedReplica(
                    slot: slot, state: target,
                    lifecycle: ReplicaLifecycle(
                        policy: ReplicaLifecycle.Policy(target.spec), isOnTrial: !isSettled, at: now))
                advance(slot, .tick)
            case .stop(let slot): advance(slot, .stop)
            }
        }
        if !steps.isEmpty {
            reconcile()
            return
        }
        reportProgress()
        settle()
        persist()
        scheduleWakeUp()
    }

    private var members: [Rollout.Member] {
        let template = target?.spec.template ?? ""
        return replicas.values.map { $0.member(of: template) }
    }

    var desiredReplicas: Int { target?.spec.replicas ?? 0 }

    private func settle() {
        guard let target else {
            if replicas.isEmpty {
                _ = ProcessSignal.killMarked(marker, except: [])
                finish()
            }
            return
        }
        guard !isSettled, Rollout.isComplete(members, desired: desiredReplicas) else { return }
        isSettled = true
        for slot in replicas.keys { replicas[slot]?.lifecycle.isOnTrial = false }
        serving = target
        do {
            try StateFile.replace(folder.serving, with: target.document)
        } catch {
            log.error("\(error)")
            emit(.warning("\(error.what)"))
        }
        persist()
        if failure == nil {
            log.notice("revision \(target.release.revision) is ready")
            emit(.ready(endpoint: endpoint))
        } else {
            log.notice("back on revision \(target.release.revision)")
        }
    }

    /// The target cannot become ready: says so, and goes back to what served before.
    private func fail(_ problem: Diagnostic) {
        guard let failed = target else { return }
        log.error("\(problem)")
        failure = ServiceSnapshot.Failure(revision: failed.release.revision, diagnostic: problem)
        let previous = serving.flatMap { $0.release.revision == failed.release.revision ? nil : $0 }
        if let previous {
            target = previous
            isSettled = false
            for slot in replicas.keys { replicas[slot]?.lifecycle.isOnTrial = false }
        } else if replicas.values.contains(where: \.lifecycle.isReady) {
            isSettled = true
            for (slot, replica) in replicas {
                if replica.lifecycle.doom != nil {
                    // What serves goes on, and what fails is tried again, but no one waits for it.
                    replicas[slot]?.lifecycle = ReplicaLifecycle(
                        policy: replica.lifecycle.policy, isOnTrial: false,
                        at: now + replica.lifecycle.policy.backoff.maximum)
                } else {
                    replicas[slot]?.lifecycle.isOnTrial = false
                }
            }
        } else {
            target = nil
        }
        for slot in replicas.keys where replicas[slot]?.lifecycle.doom != nil { advance(slot, .stop) }
        for (slot, replica) in replicas where replica.lifecycle.phase == .ended { replicas[slot] = nil }
        persist()
        emit(.failed(problem))
    }

    private func reportProgress() {
        guard !subscribers.isEmpty, !isSettled else { return }
        let ready = members.count { $0.isReady && $0.isCurrent && !$0.isStopping }
        let words = replicas.values.sorted { $0.slot < $1.slot }
            .map { "\($0.name) \($0.word)" }.joined(separator: ", ")
        let text = "\(ready)/\(desiredReplicas) \(words)"
        guard text != lastProgress else { return }
        lastProgress = text
        emit(.progress(ready: ready, desired: desiredReplicas, message: words))
    }

    private func scheduleWakeUp() {
        wakeUp?.cancel()
        guard let next = replicas.values.compactMap(\.lifecycle.wake).min() else { return }
        let delay = max(0, next - now)
        wakeUp = Task {
            do { try await Task.sleep(for: .milliseconds(delay)) } catch { return }
            self.tick()
        }
    }

    private func tick() {
        for slot in replicas.keys.sorted() { advance(slot, .tick) }
        reconcile()
    }

    func persist() {
        do {
            try StateFile.replace(folder.supervisorRecord, with: snapshot().document, durable: false)
        } catch {
            log.error("\(error)")
        }
    }

    private func finish() {
        wakeUp?.cancel()
        listener?.close(promise: nil)
        emit(.stopped)
        ended.finish()
    }
}
