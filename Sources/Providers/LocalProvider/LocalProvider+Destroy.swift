import Diagnostics
import Documents
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

extension LocalProvider {
    /// Ends the service and forgets it; data folders stay unless `deleteData`.
    ///
    /// - Returns: what was left.
    func destroy(
        _ service: ServiceIdentity, deleteData: Bool, timeout: TimeSpan,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> [String] {
        let folder = folder(service)
        try await stop(folder, timeout: timeout, report: report)
        let keeps = deleteData ? [] : dataFolders(folder)
        for name in FolderListing.contents(of: folder.path) where !["lock", "replicas", "releases"].contains(name) {
            FolderListing.remove("\(folder.path)/\(name)")
        }
        for slot in FolderListing.contents(of: folder.replicas) {
            let path = "\(folder.replicas)/\(slot)"
            if keeps.contains("\(path)/data") {
                for name in FolderListing.contents(of: path) where name != "data" {
                    FolderListing.remove("\(path)/\(name)")
                }
            } else {
                FolderListing.remove(path)
            }
        }
        rmdir(folder.replicas)
        return keeps
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
