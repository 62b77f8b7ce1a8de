#if canImport(Glibc)
    import Glibc
#endif

/// The processes of a service that no supervisor looks after.
struct OrphanedReplicas {
    let folder: StateFolder
    let record: ServiceSnapshot?

    private static let grace = Duration.seconds(3)

    /// Asks them to end, then ends them. Only processes that are proven to be the service's are touched:
    /// by their pid and start, or by the marker in their environment.
    func end() async {
        let marker = "\(ReplicaLaunch.marker)=\(folder.path)"
        let known = (record?.replicas ?? []).compactMap(\.process).filter {
            $0.isRunning && ProcessTable.isMarked($0.pid, marker)
        }
        for process in known { ProcessSignal.sendToGroup(of: process, SIGTERM) }
        let deadline = ContinuousClock.now + Self.grace
        while known.contains(where: \.isRunning), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for process in known where process.isRunning { ProcessSignal.sendToGroup(of: process, SIGKILL) }
        _ = ProcessSignal.killMarked(marker, except: [])
    }
}
