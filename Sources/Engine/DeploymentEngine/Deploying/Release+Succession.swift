package import Diagnostics
import Documents
import ServiceModel

/// How one release follows from others.
extension Release {
    /// The same release with the next revision after those that are taken.
    func numbered(after revisions: [Int]) -> Release {
        var release = self
        release.revision = (revisions.max() ?? 0) + 1
        return release
    }

    /// The same objects, to be deployed anew.
    func again(reason: String) -> Release {
        var release = self
        release.status = .pending
        release.reason = reason
        return release
    }

    /// What the release is once another one was deployed.
    var superseded: Release {
        guard status == .deployed else { return self }
        var release = self
        release.status = .superseded
        return release
    }

    /// The same objects with another number of replicas, which later deployments keep.
    func scaled(to replicas: Int) -> Release {
        var release = again(reason: "scale to \(replicas) replicas")
        release.scaleOverride = replicas
        release.setReplicas(replicas, from: "scale")
        return release
    }

    /// Replicas that `scale` set stay until somebody names a number.
    func keepingScale(of history: [Release], unless explicit: Bool) -> Release {
        guard !explicit, let last = history.lastDeployed, let replicas = last.scaleOverride else { return self }
        var release = self
        release.scaleOverride = replicas
        release.setReplicas(replicas, from: "scale (revision \(last.revision))")
        return release
    }

    /// How many replicas its objects ask for, in words: `3`, or `2 to 10` where an autoscaler decides.
    var askedReplicas: String? {
        if let autoscaler = resources.first(where: \.isAutoscaler)?.manifest["spec"],
            let minimum = autoscaler["minReplicas"]?.integer, let maximum = autoscaler["maxReplicas"]?.integer
        {
            return minimum == maximum ? "\(minimum)" : "\(minimum) to \(maximum)"
        }
        return resources.lazy.compactMap { $0.manifest.value("spec", "replicas")?.integer }.first.map { "\($0)" }
    }

    /// Turns the knob that owns the replicas: an autoscaler's bounds, which then leave it one number, else the
    /// workload's own.
    private mutating func setReplicas(_ replicas: Int, from source: String) {
        let value = Node.integer(replicas, at: SourceLocation(file: SourceFile(source)))
        // An autoscaler has no bound of 0: the workload's own 0 switches it off.
        let bounds: Node = ["minReplicas": replicas == 0 ? 1 : value, "maxReplicas": replicas == 0 ? 1 : value]
        let hasAutoscaler = resources.contains(where: \.isAutoscaler)
        for index in resources.indices {
            if resources[index].isAutoscaler {
                resources[index].manifest.merge(["spec": bounds])
            } else if resources[index].manifest.value("spec", "replicas") != nil
                || (hasAutoscaler && replicas == 0 && resources[index].identity.kind == "Deployment")
            {
                resources[index].manifest.merge(["spec": ["replicas": value]])
            }
        }
    }
}

extension Resource {
    fileprivate var isAutoscaler: Bool { identity.kind == "HorizontalPodAutoscaler" }
}

extension [Release] {
    var lastDeployed: Release? { last { $0.status == .deployed } }

    /// Whether a plan without changes tells nothing that is not recorded: nothing has to be written.
    func hasRecorded(_ plan: Plan) -> Bool {
        guard !plan.hasChanges, !contains(where: { $0.status == .pending }),
            let running = first(where: { $0.revision == plan.baseRevision })
        else { return false }
        return running.status == .deployed && running.scaleOverride == plan.release.scaleOverride
            && hasSuperseded(for: running)
    }

    /// Whether no other release claims to be the deployed one: a deployment may end before it has said so.
    func hasSuperseded(for running: Release) -> Bool {
        !contains { $0.status == .deployed && $0.revision != running.revision }
    }

    /// The release to go back to: the named one, or the newest that was deployed before the running one and
    /// differs from it.
    ///
    /// - Parameter running: what the provider runs, which need not be the last that was recorded as
    ///   deployed: a deployment may have been cut off, or have failed where it cannot be taken back.
    /// - Throws: ``Diagnostic`` when there is no such revision.
    func rollbackTarget(_ revision: Int?, running: Int?) throws(Diagnostic) -> Release {
        if let revision {
            guard let target = first(where: { $0.revision == revision }) else {
                throw Diagnostic(
                    .error, .unknownRevision, "revision \(revision) is not in the history",
                    why: "kept are \(map { "\($0.revision)" }.joined(separator: ", "))",
                    fix: "`synthdata-infra history` shows what each one was")
            }
            return target.again(reason: "rollback to revision \(revision)")
        }
        let current = first { $0.revision == running } ?? lastDeployed
        let target = last { release in
            [.deployed, .superseded].contains(release.status) && release.revision < current?.revision ?? .max
                && release.resources.map(\.manifest) != current?.resources.map(\.manifest)
        }
        guard let target else {
            throw Diagnostic(
                .error, .unknownRevision, "there is no earlier release to go back to",
                fix: "`synthdata-infra history` shows what there is; --to-revision chooses one")
        }
        return target.again(reason: "rollback to revision \(target.revision)")
    }
}

extension Diagnostic.Code {
    package static let unknownRevision = Self("history.unknown-revision", .failed)
}
