import Synchronization

/// Whether the service wants traffic, as `/readyz` tells.
package final class Readiness: Sendable {
    package enum State: Equatable, Sendable {
        case ready
        case starting
        case stopping
    }

    private let isStopping = Atomic<Bool>(false)
    private let neverReady: Bool
    private let readyAt: ContinuousClock.Instant

    package init(faults: FaultPlan, startedAt start: ContinuousClock.Instant) {
        neverReady = faults.neverReady
        readyAt = start + .seconds(faults.readyAfterSeconds)
    }

    package func state(at instant: ContinuousClock.Instant) -> State {
        if isStopping.load(ordering: .relaxed) { return .stopping }
        return neverReady || instant < readyAt ? .starting : .ready
    }

    /// From now on the service is stopping; there is no way back.
    package func stop() {
        isStopping.store(true, ordering: .relaxed)
    }
}
