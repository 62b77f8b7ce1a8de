import Diagnostics
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
        try await stop(folder, report: report)
        let keeps = deleteData ? [] : dataFolders(folder)
        for name in FolderListing.names(in: folder.path) where !["lock", "replicas", "releases"].contains(name) {
            FolderListing.remove("\(folder.path)/\(name)")
        }
        for slot in FolderListing.names(in: folder.replicas) {
            let path = "\(folder.replicas)/\(slot)"
            if keeps.contains("\(path)/data") {
                for name in FolderListing.names(in: path) where name != "data" {
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
    private func stop(_ folder: StateFolder, report: @escaping @Sendable (DeploymentEvent) -> Void) async throws {
        let record = ServiceSnapshot.read(folder, warn: warn)
        do {
            try await ControlClient(folder: folder).send(.stop) { event in
                if case .progress(let ready, let desired, let message) = event {
                    report(.progress(ready: ready, desired: desired, message: message))
                }
            }
        } catch is ControlClient.Unreachable {
            // Nobody supervises: what a dead supervisor left is ended below.
        }
        if let supervisor = record?.supervisor {
            await SupervisorProcess.waitForEnd(of: supervisor, seconds: 5)
        }
        await OrphanedReplicas(folder: folder, record: record).end()
    }
}
