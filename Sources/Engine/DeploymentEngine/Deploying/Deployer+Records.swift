import ServiceModel

/// Keeping the history true.
extension Deployer {
    /// - Parameter isKept: whether the release is in the history already, but for its status.
    func recordDeployed(_ release: Release, history: [Release], isKept: Bool = false) async throws {
        var release = release
        release.status = .deployed
        let others = history.filter { $0.revision != release.revision }
        let after = others.map(\.superseded) + [release]
        try await save(release, after: after, isKept: isKept)
        for (old, new) in zip(others, after) where old.status != new.status {
            try await save(new, after: after, isKept: true)
        }
    }

    /// Saves within the history's limit, which gives way where it would forget the last good release:
    /// after many failures that is still the one that runs, and the one to go back to.
    func save(_ release: Release, after history: [Release], isKept: Bool = false) async throws {
        var revisions = Set(history.map(\.revision))
        revisions.insert(release.revision)
        let good = history.lastDeployed?.revision ?? release.revision
        let needed = revisions.count { $0 >= good }
        let limit = max(release.historyLimit, needed)
        if isKept {
            try await provider.releases.mark(release, keeping: limit)
        } else {
            try await provider.releases.save(release, keeping: limit)
        }
    }

    /// The history under the lock: whoever left a release pending is gone. One that was killed between
    /// applying and recording it left a release that serves; any other one is marked failed.
    func interruptedMarkedFailed(of service: ServiceIdentity) async throws -> [Release] {
        var history = try await provider.releases.releases(of: service)
        guard history.contains(where: { $0.status == .pending }) else { return history }
        if let served = try await provider.observe([service]).first?.servedRevision,
            let release = history.first(where: { $0.revision == served && $0.status == .pending }),
            await stands(release)
        {
            try await recordDeployed(release, history: history)
            history = try await provider.releases.releases(of: service)
        }
        for index in history.indices where history[index].status == .pending {
            history[index].status = .failed
            try await save(history[index], after: history)
        }
        return history
    }

    /// Whether the whole release was applied: a provider may count one as what runs from the moment that it is begun.
    private func stands(_ release: Release) async -> Bool {
        guard let plan = try? await provider.plan(release, deleteData: false) else { return false }
        return !plan.hasChanges
    }
}
