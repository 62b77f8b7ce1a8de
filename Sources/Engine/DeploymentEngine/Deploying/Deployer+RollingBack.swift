import Diagnostics
import ServiceModel

/// What is done, and told, when a release fails.
extension Deployer {
    /// What is told of a release that failed, once its predecessor is back where that was asked for.
    func failed(
        _ release: Release, _ plan: Plan, with error: any Error, history: [Release], options: Options,
        report: @escaping Report
    ) async -> any Error {
        await options.failed(release, plan, error)
        let good = history.lastDeployed
        guard options.rollbackOnFailure else { return tellingWhatGoesOn(error, release.service, good: good) }
        guard let good, good.revision != release.revision else {
            let note = Diagnostic.Note(
                good == nil
                    ? "nothing was rolled back: no release of `\(release.service.name)` has ever been good; "
                        + "`\(command("destroy", release.service))` takes away what there is"
                    : "nothing was rolled back: revision \(release.revision) is the last good release itself")
            return Self.adding(note, to: tellingWhatGoesOn(error, release.service, good: good))
        }
        return Self.adding(await rollBack(to: good, options: options, report: report), to: error)
    }

    /// Goes back to the release before a failed one.
    ///
    /// - Returns: what came of it, in words.
    private func rollBack(
        to good: Release, options: Options, report: @escaping Report
    ) async -> Diagnostic.Note {
        report(.rollingBack(toRevision: good.revision))
        var options = options
        options.rollbackOnFailure = false
        options.confirm = { _ in }
        options.failed = { _, _, _ in }
        // What was looked at was the way there.
        options.expected = nil
        do {
            let history = try await provider.releases.releases(of: good.service)
            var candidate = good.again(reason: "rollback to revision \(good.revision)").withoutExpiredScale(at: now())
            candidate.cluster = history.last?.cluster
            let plan = try await numberedPlan(of: candidate, after: history)
            let result = try await apply(plan, history: history, options: options, report: report)
            let place = result.endpoint.map { " at \($0)" } ?? ""
            return Diagnostic.Note(
                result.revision == good.revision
                    ? "revision \(good.revision) runs again\(place)"
                    : "revision \(good.revision) runs again\(place), as revision \(result.revision)")
        } catch is CancellationError {
            return Diagnostic.Note(
                "the rollback was interrupted; `\(command("rollback", good.service)) "
                    + "--to-revision \(good.revision)` completes it")
        } catch {
            return Diagnostic.Note("the rollback to revision \(good.revision) failed too: \(error)")
        }
    }

    /// The error with a note at its end.
    static func adding(_ note: Diagnostic.Note, to error: any Error) -> any Error {
        switch error {
        case var problem as Diagnostic:
            problem.notes.append(note)
            return problem
        case let report as DiagnosticReport:
            var diagnostics = report.diagnostics
            guard let last = diagnostics.indices.last else { return error }
            diagnostics[last].notes.append(note)
            return DiagnosticReport(diagnostics)
        default:
            return error
        }
    }

    /// A release that timed out is still being applied: who has given up waiting has to know, and how to end it.
    private func tellingWhatGoesOn(_ error: any Error, _ service: ServiceIdentity, good: Release?) -> any Error {
        guard var problem = error as? Diagnostic, problem.code == .timedOut else { return error }
        let end =
            good.map { "`\(command("rollback", service))` takes it back to revision \($0.revision)" }
            ?? "`\(command("destroy", service))` ends it"
        problem.fix = "\(problem.fix.map { "\($0); " } ?? "")it keeps trying meanwhile: \(end)"
        return problem
    }

    /// As it has to be typed to reach this service.
    private func command(_ verb: String, _ service: ServiceIdentity) -> String {
        "synthdata-infra \(verb)\(CommandFlags.naming(service, at: provider.kind, in: provider.place))"
    }
}
