import Diagnostics
import Documents
import FoundationEssentials

/// What a server serves, asked once and kept on disk for a while.
package actor Discovery {
    /// As long as kubectl's: a newly installed kind that is missing is asked for at once all the same.
    private static let life = 600.0

    private let api: KubernetesAPI
    private let cache: DiscoveryFile?
    private let now: @Sendable () -> Double
    private var known: ServedTypes?
    private var isFresh = false
    private var pending: Task<(types: ServedTypes, isComplete: Bool), any Error>?

    /// - Parameters:
    ///   - cacheFolder: where answers of servers are kept; nil keeps nothing.
    ///   - server: names the answer there.
    package init(
        _ api: KubernetesAPI, server: String, cacheFolder: String?,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.api = api
        self.now = now
        cache = cacheFolder.map { DiscoveryFile(folder: $0, server: server) }
    }

    /// Everything that the server serves, perhaps as it was ten minutes ago.
    package func types() async throws -> ServedTypes {
        if let known { return known }
        if let kept = cache?.read(from: now() - Self.life, to: now()) {
            known = kept
            return kept
        }
        return try await refreshed()
    }

    /// A kind of one version; nil where the server, asked anew if need be, does not serve it.
    package func type(apiVersion: String, kind: String) async throws -> ResourceType? {
        if let type = try await types().type(apiVersion: apiVersion, kind: kind) { return type }
        if isFresh { return nil }
        return try await refreshed().type(apiVersion: apiVersion, kind: kind)
    }

    /// Everything that the server serves now, for whoever misses something; nil where that is known already.
    package func renewed() async throws -> ServedTypes? { isFresh ? nil : try await refreshed() }

    private func refreshed() async throws -> ServedTypes {
        if let pending { return try await pending.value.types }
        let task = Task { try await api.discover() }
        pending = task
        defer { pending = nil }
        let (types, isComplete) = try await task.value
        known = types
        isFresh = true
        // Later processes are not to believe for ten minutes that the rest is not served.
        if isComplete { cache?.write(types, at: now()) }
        return types
    }
}
