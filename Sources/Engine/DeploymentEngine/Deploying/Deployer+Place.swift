import Diagnostics
import ServiceModel

/// A plan that was saved is applied where it was made, and nowhere else.
extension Deployer {
    /// - Throws: ``Diagnostic`` where this is not the place that the release, or the plan, is meant for.
    func verify(_ release: Release, as expected: SavedPlan?) async throws {
        do {
            try await provider.verify(release)
            if let uid = expected?.clusterUID { try await checkCluster(uid, of: release) }
        } catch let error where !(error is CancellationError) {
            guard let place = expected?.release.place?.words else { throw error }
            throw Self.adding(Diagnostic.Note("the plan was saved for \(place)"), to: error)
        }
    }

    private func checkCluster(_ uid: String, of release: Release) async throws {
        let found = try await (provider as? any ClusterIdentifying)?.clusterUID()
        guard found != uid else { return }
        throw Diagnostic(
            .error, .planOfOtherCluster,
            found == nil
                ? "nobody can tell whether the saved plan of `\(release.service.name)` is for this cluster"
                : "the saved plan of `\(release.service.name)` is for another cluster",
            why: found.map { "it was made where the cluster's UID is \(uid), and this one's is \($0)" }
                ?? "it was made where the cluster's UID is \(uid), and you may not look at this one's: the namespace"
                + " kube-system",
            fix:
                "choose the cluster that it was made for, with --kubeconfig or --context where it was made with them, or"
                + " save a new plan for this one")
    }
}

extension CloudPlace {
    /// `cluster production, region us-east-1, account 123456789012`
    fileprivate var words: String? {
        let known = ["cluster", "region", "account"].compactMap { key in self[key].map { "\(key) \($0)" } }
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }
}
