import Diagnostics
import Documents
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

extension LocalProvider {
    /// Ends the service and forgets it; data folders stay unless `deleteData`.
    ///
    /// - Returns: what was left on purpose.
    /// - Throws: ``Diagnostic`` with code `local.not-removed` when something is left that should not be; another
    ///   destroy goes on from there.
    func destroy(
        _ service: ServiceIdentity, deleteData: Bool, timeout: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> [String] {
        let folder = folder(service)
        try await stop(folder, timeout: timeout, report: report)
        let remainders = removable(folder, deleteData: deleteData).flatMap { FolderListing.remove($0) }
        guard remainders.isEmpty else { throw Diagnostic.notRemoved(remainders, of: service) }
        // Data that is kept keeps the folder.
        rmdir(folder.replicas)
        return deleteData ? [] : dataFolders(folder)
    }

    /// What a destroy removes: everything but the lock, the history, and the data that is kept.
    func removable(_ folder: StateFolder, deleteData: Bool) -> [String] {
        let kept = Set(deleteData ? [] : dataFolders(folder))
        let own = FolderListing.contents(of: folder.path).filter { !["lock", "replicas", "releases"].contains($0) }
        let slots = FolderListing.contents(of: folder.replicas).flatMap { slot in
            let path = "\(folder.replicas)/\(slot)"
            guard kept.contains("\(path)/data") else { return [path] }
            return FolderListing.contents(of: path).filter { $0 != "data" }.map { "\(path)/\($0)" }
        }
        return own.map { "\(folder.path)/\($0)" } + slots
    }

    /// Ends the supervisor and every process of the service, gently first.
    private func stop(
        _ folder: StateFolder, timeout: TimeSpan, report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws {
        let record = ServiceSnapshot.read(folder, warn: warn)
        let live = try await liveSnapshot(folder)
        if live != nil {
            do {
                try await Deadline.within(.milliseconds(timeout.milliseconds)) {
                    try await ControlClient(folder: folder).send(.stop) { event in
                        if case .progress(let ready, let desired, let message) = event {
                            report(.progress(ready: ready, desired: desired, message: message))
                        }
                    }
                }
            } catch is ControlClient.Unreachable {
                // It ended meanwhile; what it left is ended below.
            } catch is Deadline.Passed {
                throw Diagnostic(
                    .error, .timedOut, "the service did not stop within \(timeout)",
                    why: "its replicas are still finishing their requests; they are ended after their grace period",
                    fix: "destroy again, or with a longer timeout")
            }
        }
        if let supervisor = live?.supervisor ?? record?.supervisor { await SupervisorProcess.end(supervisor) }
        await OrphanedReplicas(folder: folder, record: record).end()
    }
}

extension Diagnostic {
    private static let shownRemainders = 10

    static func notRemoved(_ remainders: [FolderListing.Remainder], of service: ServiceIdentity) -> Diagnostic {
        let shown = remainders.prefix(shownRemainders).map { remainder in
            Note("left: `\(remainder.path)`: \(String(cString: strerror(remainder.code)))")
        }
        let more = remainders.count - shown.count
        return Diagnostic(
            .error, .notRemoved, "not all files of `\(service.name)` could be removed",
            why: "the system refused to remove \(remainders.count == 1 ? "one" : "\(remainders.count)") of them",
            fix: "remove what is in the way, and run `synthdata-infra destroy \(service.name)` again",
            notes: shown + (more > 0 ? [Note("and \(more) more")] : []))
    }
}
