import Diagnostics
import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// The replicas: events go to their lives, and what these say is done.
extension ServiceSupervisor {
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

    func advance(_ slot: Int, _ event: ReplicaLifecycle.Event) {
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
            balancer.withdraw(name: replica.name) { Task { await self.handle(slot, generation, .drained) } }
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
        replicas[slot]?.generation = nextGeneration()
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
    func attend(_ slot: Int) {
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

    nonisolated private func askReadiness(
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

    nonisolated private func askLiveness(
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
}
