import Diagnostics

/// A rollout tried out on the nodes as they are.
struct NodeRehearsal {
    /// With all pods that run, those of the service included.
    let fit: NodeFit
    /// The service's own.
    let running: [NodeFit.Running]

    /// The first replica that finds no node; nil where all do.
    func problem(_ rollout: PlannedRollout, isWarning: Bool) -> Diagnostic? {
        var tried = fit
        let placed = place(rollout, rollout.strategy, on: &tried)
        guard placed < rollout.replicas else { return nil }
        var again = fit
        let inPlace = NodeFit.Strategy(replicas: rollout.replicas, surge: 0, unavailable: 1)
        let fitsInPlace = rollout.replacesPods && place(rollout, inPlace, on: &again) == rollout.replicas
        return NodeFitReport(rollout, fit: tried).problem(
            placed: placed, isWarning: isWarning, fitsInPlace: fitsInPlace)
    }

    private func place(_ rollout: PlannedRollout, _ strategy: NodeFit.Strategy, on fit: inout NodeFit) -> Int {
        rollout.replacesPods
            ? fit.roll(rollout.shape, strategy, replacing: running)
            : fit.grow(rollout.shape, to: rollout.replicas, from: running.count)
    }
}
