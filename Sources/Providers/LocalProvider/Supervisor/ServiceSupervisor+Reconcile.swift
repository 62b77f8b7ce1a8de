import Diagnostics
import Documents
import Logging
import ServiceModel

/// Reconciling: what runs is brought closer to the target, step by step.
extension ServiceSupervisor {
    /// Brings what runs closer to the target, until nothing can be done at once.
    func reconcile() {
        for (slot, replica) in replicas where replica.lifecycle.phase == .ended { replicas[slot] = nil }
        if let doomed = replicas.values.first(where: { $0.lifecycle.doom != nil }), let doom = doomed.lifecycle.doom {
            fail(
                DoomDiagnosis.diagnose(
                    doom, replica: doomed.name, spec: doomed.state.spec, startProblem: doomed.startProblem,
                    tail: LogFiles.tail(
                        folder.log(doomed.name), lines: DoomDiagnosis.tailLines, from: doomed.logStart)))
        }
        let steps = Rollout.next(members, desired: desiredReplicas)
        for step in steps {
            switch step {
            case .start(let slot):
                guard let target else { continue }
                replicas[slot] = SupervisedReplica(
                    slot: slot, state: target,
                    lifecycle: ReplicaLifecycle(
                        policy: ReplicaLifecycle.Policy(target.spec), isOnTrial: !isSettled, at: now),
                    in: folder)
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
        // Ready is what answers at its endpoint: replicas taken over may be ready before it listens.
        guard !isSettled, listener != nil, Rollout.isComplete(members, desired: desiredReplicas) else { return }
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
    func fail(_ problem: Diagnostic) {
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
        let progress = RolloutProgress(
            replicas.values.sorted { $0.slot < $1.slot }.map {
                RolloutProgress.Replica(
                    name: $0.name, word: $0.word, member: $0.member(of: target?.spec.template ?? ""))
            }, desired: desiredReplicas)
        guard progress != lastProgress else { return }
        lastProgress = progress
        emit(.progress(ready: progress.ready, desired: desiredReplicas, message: progress.message))
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
}
