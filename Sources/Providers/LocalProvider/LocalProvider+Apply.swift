import Diagnostics
package import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Applying: the desired state is written first, then a supervisor is told; a kill in between leaves
/// what a second deployment completes.
extension LocalProvider {
    /// A supervisor that ends is started again so often.
    private static let attempts = 3

    package func apply(
        _ plan: Plan, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> Applied {
        guard let change = plan.changes.first else {
            return Applied(
                endpoint: nil, monitoringURL: nil, leftovers: dataFolders(folder(plan.release.service)))
        }
        if plan.release.resources.isEmpty {
            report(.applying(change.resource, change.action))
            let leftovers = try await destroy(
                plan.release.service, deleteData: change.effect == .dataLoss, timeout: timeout, report: report)
            report(.applied(change.resource, change.action))
            return Applied(endpoint: nil, monitoringURL: nil, leftovers: leftovers)
        }
        let folder = folder(plan.release.service)
        let previous = DesiredState.read(folder.desired, warn: warn)
        let desired = try DesiredState(
            release: plan.release, launch: launch, created: previous?.created ?? Int(time(nil)))
        report(.applying(change.resource, change.action))
        try folder.create()
        try StateFile.replace(folder.desired, with: desired.document)
        let endpoint: String?
        do {
            endpoint = try await Deadline.within(.milliseconds(timeout.milliseconds)) {
                try await converge(folder, revision: plan.release.revision, report: report)
            }
        } catch is Deadline.Passed {
            throw Diagnostic(
                .error, .timedOut, "`\(plan.release.service.name)` was not ready within \(timeout)",
                at: desired.spec.location(of: ["spec", "command"]),
                why: "its replicas were still starting when the time was over",
                fix: "see `status` and `logs`, or deploy again with a longer --timeout",
                notes: ConfiguredFaults.notes(desired.spec) + (await unreadyReplicas(folder, desired.spec.scrubber)))
        }
        report(.applied(change.resource, change.action))
        report(.ready(endpoint: endpoint))
        return Applied(
            endpoint: endpoint,
            monitoringURL: desired.spec.metrics.flatMap { metrics in endpoint.map { $0 + metrics.path } })
    }

    /// What the replicas that are not ready wrote last.
    private func unreadyReplicas(_ folder: StateFolder, _ scrubber: Scrubber) async -> [Diagnostic.Note] {
        guard let live = try? await liveSnapshot(folder) else { return [] }
        return live.replicas.filter { $0.state != "ready" }.prefix(1).map { replica in
            let tail = LogFiles.tail(folder.log(replica.name), lines: DoomDiagnosis.tailLines)
            let words = tail.isEmpty ? "it wrote nothing to its log" : "the last lines that it wrote:\n"
            return Diagnostic.Note(
                "replica \(replica.name) is \(replica.state); " + words
                    + scrubber.scrubbed(tail.joined(separator: "\n")))
        }
    }

    /// Tells the supervisor, starting one when there is none, and follows it to the end.
    private func converge(
        _ folder: StateFolder, revision: Int, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> String? {
        for attempt in 1...Self.attempts {
            do {
                try await SupervisorProcess.ensure(folder, command: supervisorCommand, launch: launch)
                return try await follow(folder, revision: revision, report: report)
            } catch is ControlClient.Unreachable {
                try Task.checkCancellation()
                if let failure = recordedFailure(folder, of: revision) { throw failure }
                if attempt < Self.attempts { report(.warning("the supervisor ended; starting it again")) }
            } catch let problem as Diagnostic where problem.code == .supervisor {
                // It may have found that the release is doomed before anyone could ask it.
                throw recordedFailure(folder, of: revision) ?? problem
            }
        }
        throw SupervisorProcess.ended(folder)
    }

    private func recordedFailure(_ folder: StateFolder, of revision: Int) -> Diagnostic? {
        let failure = ServiceSnapshot.read(folder, warn: warn)?.failure
        return failure?.revision == revision ? failure?.diagnostic : nil
    }

    private func follow(
        _ folder: StateFolder, revision: Int, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> String? {
        var outcome: Result<String?, any Error> = .failure(ControlClient.Unreachable())
        try await ControlClient(folder: folder).send(.apply(revision: revision)) { event in
            switch event {
            case .progress(let ready, let desired, let message):
                report(.progress(ready: ready, desired: desired, message: message))
            case .warning(let text): report(.warning(text))
            case .ready(let endpoint): outcome = .success(endpoint)
            case .failed(let problem): outcome = .failure(problem)
            case .stopped, .status: break
            }
        }
        return try outcome.get()
    }
}
