import Diagnostics
import ServiceModel

/// One replica in the supervisor's hands: its life, its process, and what it was started with.
struct SupervisedReplica {
    let slot: Int
    let name: String
    var state: DesiredState
    let template: String
    var lifecycle: ReplicaLifecycle
    var process: ProcessIdentity?
    var port = 0
    /// Seconds since 1970.
    var started: Int?
    /// Numbers its process; 0 before the first.
    var generation = 0
    var probes: Task<Void, Never>?
    /// Where its log began: the slot's earlier replicas wrote what stands before.
    let logStart: Int
    /// Why its program could not be started, with the configuration line.
    var startProblem: Diagnostic?

    init(slot: Int, state: DesiredState, lifecycle: ReplicaLifecycle, in folder: StateFolder) {
        self.slot = slot
        self.state = state
        self.lifecycle = lifecycle
        name = "\(state.release.service.name)-\(slot)"
        template = state.spec.template
        logStart = LogFiles.size(folder.log(name))
    }

    func member(of template: String) -> Rollout.Member {
        Rollout.Member(
            slot: slot, isCurrent: self.template == template, isReady: lifecycle.isReady,
            isStopping: lifecycle.isStopping)
    }

    /// The word that people see.
    var word: String {
        switch lifecycle.phase {
        case .waiting: lifecycle.restarts > 0 || generation > 0 ? "restarting" : "starting"
        case .starting: "starting"
        case .ready: "ready"
        case .unready: "starting"
        case .draining, .terminating, .killed, .ended: "stopping"
        case .doomed: "failed"
        }
    }

    var snapshot: ServiceSnapshot.Replica {
        ServiceSnapshot.Replica(
            name: name, slot: slot, state: word, restarts: lifecycle.restarts, started: started,
            revision: state.release.revision, template: template, process: process, port: port)
    }
}

extension ReplicaLifecycle.Policy {
    init(_ spec: LocalServiceSpec) {
        self.init(
            startup: spec.startupMilliseconds, readinessThreshold: spec.readiness.failureThreshold,
            livenessThreshold: spec.liveness?.failureThreshold ?? .max, grace: spec.terminationGrace,
            backoff: Backoff(initial: spec.restartInitial, maximum: spec.restartMaximum),
            doomedAfter: spec.doomedAfter)
    }
}
