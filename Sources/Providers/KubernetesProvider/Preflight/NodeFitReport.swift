import Diagnostics
import Documents

/// Says which replica finds no node, why each node does not take it, and what would.
struct NodeFitReport {
    private let rollout: PlannedRollout
    private let fit: NodeFit

    /// - Parameter fit: as it was when no further pod could be placed.
    init(_ rollout: PlannedRollout, fit: NodeFit) {
        self.rollout = rollout
        self.fit = fit
    }

    /// - Parameter isWarning: where nodes are added when they are needed.
    func problem(placed: Int, isWarning: Bool) -> Diagnostic {
        var counts: [NodeFit.Obstacle: Int] = [:]
        for place in fit.places {
            if let obstacle = NodeFit.obstacle(rollout.shape, place) { counts[obstacle, default: 0] += 1 }
        }
        let reasons = counts.sorted { ($0.value, "\($0.key)") > ($1.value, "\($1.key)") }
        let tight = reasons.lazy.compactMap { reason -> String? in
            if case .resource(let resource) = reason.key { resource } else { nil }
        }.first
        return Diagnostic(
            isWarning ? .warning : .error, .noRoom,
            "replica \(placed + 1) of \(rollout.replicas) finds no node",
            at: tight.map(rollout.location) ?? placement(reasons.first?.key),
            why: fit.places.isEmpty
                ? "no node takes pods" : "of \(fit.places.count) nodes, " + reasons.map(words).joined(separator: ", "),
            fix: isWarning ? "the cluster adds nodes by itself, where its limits allow" : remedy(tight))
    }

    private func placement(_ obstacle: NodeFit.Obstacle?) -> SourceLocation {
        let pod = NodePath(keys: ["spec", "template", "spec"])
        let path =
            switch obstacle {
            case .label(let label): pod.appending("nodeSelector").appending(String(label.prefix { $0 != "=" }))
            case .taint: pod.appending("tolerations")
            case .resource, nil: pod
            }
        return LiveComparison.location(of: path, in: rollout.workload.manifest)
    }

    private func words(_ reason: (key: NodeFit.Obstacle, value: Int)) -> String {
        switch reason.key {
        case .label(let label): return "\(reason.value) lack the label \(label)"
        case .taint(let taint): return "\(reason.value) have the taint \(taint), which is not tolerated"
        case .resource(let resource):
            let asked = Amount.text(rollout.shape.requests[resource] ?? 0, resource)
            let most = largestFree(resource)
            return "\(reason.value) have too little \(resource): \(asked) asked for, at most"
                + " \(Amount.text(most, resource)) free"
        }
    }

    /// On nodes that nothing else keeps from taking the pod.
    private func largestFree(_ resource: String) -> Int {
        fit.places.filter { place in
            if case .resource = NodeFit.obstacle(rollout.shape, place) { true } else { false }
        }.map { max(0, $0.free[resource] ?? 0) }.max() ?? 0
    }

    private func remedy(_ resource: String?) -> String {
        guard let resource else { return "change what chooses the node, or add nodes that match" }
        let most = largestFree(resource)
        guard most > 0, resource != "pods" else { return "add a node, or run fewer replicas" }
        return "ask for at most \(Amount.text(most, resource)) of \(resource), run fewer replicas, or add a node"
    }
}

extension Diagnostic.Code {
    static let noRoom = Self("kubernetes.no-room", .failed)
}
