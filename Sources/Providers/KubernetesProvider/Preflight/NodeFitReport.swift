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

    /// - Parameters:
    ///   - isWarning: where nodes are added when they are needed.
    ///   - fitsInPlace: whether the rollout would do if old replicas went before new ones came.
    func problem(placed: Int, isWarning: Bool, fitsInPlace: Bool = false) -> Diagnostic {
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
            at: tight.map { rollout.location(of: $0) } ?? placement(reasons.first?.key),
            why: fit.places.isEmpty
                ? "the cluster has no nodes"
                : "of \(fit.places.count) nodes, " + reasons.map(words).joined(separator: ", "),
            fix: isWarning
                ? "the cluster adds nodes by itself, where its limits allow"
                : remedy(tight, reasons.map(\.key), fitsInPlace))
    }

    private func placement(_ obstacle: NodeFit.Obstacle?) -> SourceLocation {
        let pod = NodePath(keys: ["spec", "template", "spec"])
        let path =
            switch obstacle {
            case .label(let label): pod.appending("nodeSelector").appending(String(label.prefix { $0 != "=" }))
            case .affinity: pod.appending("affinity").appending("nodeAffinity")
            case .taint: pod.appending("tolerations")
            case .resource, .cordon, .notReady, nil: pod
            }
        return LiveComparison.location(of: path, in: rollout.workload.manifest)
    }

    private func words(_ reason: (key: NodeFit.Obstacle, value: Int)) -> String {
        let (count, isOne) = (reason.value, reason.value == 1)
        switch reason.key {
        case .cordon: return "\(count) \(isOne ? "is" : "are") cordoned"
        case .notReady: return "\(count) \(isOne ? "is" : "are") not ready"
        case .label(let label): return "\(count) \(isOne ? "lacks" : "lack") the label \(label)"
        case .affinity: return "\(count) \(isOne ? "does" : "do") not match the node affinity"
        case .taint(let taint): return "\(count) \(isOne ? "has" : "have") the taint \(taint), which is not tolerated"
        case .resource(let resource):
            let asked = Amount.text(rollout.shape.requests[resource] ?? 0, resource)
            let most = largestFree(resource)
            if resource == "pods" { return "\(count) \(isOne ? "is" : "are") full: no further pod may run there" }
            return "\(count) \(isOne ? "has" : "have") too little \(resource): \(asked) asked for, at most"
                + " \(Amount.text(most, resource)) free"
        }
    }

    /// On nodes that nothing else keeps from taking the pod.
    private func largestFree(_ resource: String) -> Int {
        fit.places.filter { place in
            if case .resource = NodeFit.obstacle(rollout.shape, place) { true } else { false }
        }.map { max(0, $0.free[resource] ?? 0) }.max() ?? 0
    }

    private func remedy(_ tight: String?, _ obstacles: [NodeFit.Obstacle], _ fitsInPlace: Bool) -> String {
        if fitsInPlace {
            return "set deployment.rollout.max_surge to 0 and max_unavailable to 1, so that old replicas make room;"
                + " or add a node"
        }
        if let tight {
            let most = largestFree(tight)
            guard most > 0, tight != "pods" else { return "add a node, or run fewer replicas" }
            return "set \(ConfigurationKey.of(tight, isLimit: false)) to at most \(Amount.text(most, tight)),"
                + " run fewer replicas, or add a node"
        }
        for obstacle in obstacles {
            switch obstacle {
            case .taint(let taint):
                return "tolerate \(taint) in scheduling.tolerations, or add nodes without it"
            case .label(let label):
                let key = String(label.prefix { $0 != "=" })
                let known = Set(fit.places.compactMap { $0.labels[key] }).sorted()
                return known.isEmpty
                    ? "label nodes with \(label), or change what chooses the node"
                    : "nodes have \(key) \(known.map { "`\($0)`" }.joined(separator: ", ")): choose one of these,"
                        + " or add nodes that match"
            case .cordon: return "`kubectl uncordon` the nodes, or add some"
            case .affinity, .notReady, .resource: continue
            }
        }
        return "change what chooses the node, or add nodes that match"
    }
}

extension Diagnostic.Code {
    static let noRoom = Self("kubernetes.no-room", .failed)
}
