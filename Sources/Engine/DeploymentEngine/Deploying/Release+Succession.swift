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
}

extension [Release] {
    var lastDeployed: Release? { last { $0.status == .deployed } }

    /// Whether a plan without changes tells nothing that is not recorded: nothing has to be written.
    func hasRecorded(_ plan: Plan) -> Bool {
        guard !plan.hasChanges, !contains(where: { $0.status == .pending }),
            let running = first(where: { $0.revision == plan.baseRevision })
        else { return false }
        return running.status == .deployed && running.scaleOverride == plan.release.scaleOverride
            && running.cluster?.uid == plan.release.cluster?.uid && hasSuperseded(for: running)
    }

    /// Whether no other release claims to be the deployed one: a deployment may end before it has said so.
    func hasSuperseded(for running: Release) -> Bool {
        !contains { $0.status == .deployed && $0.revision != running.revision }
    }

    /// The release to go back to: the named one, or the newest that was deployed before the running one and
    /// differs from it.
    ///
    /// - Parameters:
    ///   - place: the cluster at a cloud that they are of, for the commands that hints name.
    ///   - running: what the provider runs, which may be later than the last that was recorded as deployed: a
    ///   deployment may have been cut off, or have failed where it cannot be taken back. It is earlier where all that a
    ///   release changed is beside what runs, such as a bucket.
    /// - Throws: ``Diagnostic`` when there is no such revision.
    func rollbackTarget(_ revision: Int?, running: Int?, at place: CloudPlace? = nil) throws(Diagnostic) -> Release {
        let place = last.map { CommandFlags.naming($0.service, at: $0.provider, in: place) } ?? ""
        if let revision {
            guard let target = first(where: { $0.revision == revision }) else {
                throw Diagnostic(
                    .error, .unknownRevision, "revision \(revision) is not in the history",
                    why: "kept are \(map { "\($0.revision)" }.joined(separator: ", "))",
                    fix: "`synthdata-infra history\(place)` shows what each one was")
            }
            return target.again(reason: "rollback to revision \(revision)")
        }
        let current = last { $0.revision == running || $0.status == .deployed }
        let target = last { release in
            [.deployed, .superseded].contains(release.status) && release.revision < current?.revision ?? .max
                && release.resources.map(\.manifest) != current?.resources.map(\.manifest)
        }
        guard let target else {
            throw Diagnostic(
                .error, .unknownRevision, "there is no earlier release to go back to",
                fix: "`synthdata-infra history\(place)` shows what there is; --to-revision chooses one")
        }
        return target.again(reason: "rollback to revision \(target.revision)")
    }
}

extension Diagnostic.Code {
    package static let unknownRevision = Self("history.unknown-revision", .failed)
}
