import Diagnostics

/// A rollout tried out on the nodes as they are.
struct NodeRehearsal {
    /// With all pods that run, those of the service included.
    let fit: NodeFit
    /// The service's own.
    let running: [NodeFit.Running]

    /// The first replica that finds no node; nil where all do.
    func problem(_ rollout: PlannedRollout, isWarning: Bool) -> Diagnostic? {
        outcome(rollout, isWarning: isWarning).problem
    }

    /// The same, with the nodes as they are afterwards.
    func outcome(_ rollout: PlannedRollout, isWarning: Bool) -> (problem: Diagnostic?, after: NodeFit) {
        var tried = fit
        let placed = place(rollout, rollout.strategy, on: &tried)
        guard placed < rollout.replicas else { return (nil, tried) }
        var again = fit
        let inPlace = NodeFit.Strategy(replicas: rollout.replicas, surge: 0, unavailable: 1)
        let fitsInPlace = rollout.replacesPods && place(rollout, inPlace, on: &again) == rollout.replicas
        let problem = NodeFitReport(rollout, fit: tried).problem(
            placed: placed, isWarning: isWarning, fitsInPlace: fitsInPlace)
        return (problem, fit)
    }

    private func place(_ rollout: PlannedRollout, _ strategy: NodeFit.Strategy, on fit: inout NodeFit) -> Int {
        rollout.replacesPods
            ? fit.roll(rollout.shape, strategy, replacing: running)
            : fit.grow(rollout.shape, to: rollout.replicas, from: running.count)
    }
}
