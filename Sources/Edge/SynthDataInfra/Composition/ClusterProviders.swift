import Diagnostics
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The providers of the clusters that one process speaks to: made once, so that all commands and services
/// share the connections.
final class ClusterProviders: Sendable {
    private let made = Mutex<[Key: KubernetesProvider]>([:])

    private struct Key: Hashable {
        let kind: ProviderKind
        let choice: ClusterChoice
    }

    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` of the kubeconfig.
    func provider(
        _ kind: ProviderKind, _ choice: ClusterChoice, environment: [String: String],
        warn: @escaping @Sendable (Diagnostic) -> Void, trace: @escaping @Sendable (String) -> Void
    ) throws -> KubernetesProvider {
        try made.withLock { made in
            let key = Key(kind: kind, choice: choice)
            if let provider = made[key] { return provider }
            let access = try ClusterAccess.find(
                kubeconfig: choice.kubeconfig, context: choice.context, environment: environment)
            let provider = try Self.provider(
                kind, choice, at: access, environment: environment, warn: warn, trace: trace)
            made[key] = provider
            return provider
        }
    }

    /// The provider of a cluster that was found already.
    ///
    /// - Parameters:
    ///   - place: of a cloud; nil elsewhere.
    ///   - wrap: put around the client that speaks to it.
    static func provider(
        _ kind: ProviderKind, _ choice: ClusterChoice, at access: ClusterAccess, in place: CloudPlace? = nil,
        environment: [String: String],
        warn: @escaping @Sendable (Diagnostic) -> Void, trace: @escaping @Sendable (String) -> Void,
        wrap: (any HTTPClient) -> any HTTPClient = { $0 }
    ) throws -> KubernetesProvider {
        let report: @Sendable (HTTPTrace) -> Void = { trace($0.description) }
        let (client, server) = try ClusterConnection.client(
            for: access, environment: environment, isTerminal: isatty(0) == 1,
            trace: choice.tellsRequests ? report : nil)
        let api = KubernetesAPI(wrap(client), server: server)
        let discovery = Discovery(
            api, server: access.server, cacheFolder: cacheFolder(environment).map { "\($0)/discovery" })
        let cluster = Cluster(api: api, discovery: discovery, name: access.context, place: place)
        return KubernetesProvider(
            kind: kind, cluster: cluster, ownership: choice.ownership,
            web: CurlTransport(proxy: .environment(ProxyEnvironment(environment))), warn: warn)
    }

    /// https://specifications.freedesktop.org/basedir-spec/latest/
    private static func cacheFolder(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/synthdata-infra" }
        return environment["HOME"].map { "\($0)/.cache/synthdata-infra" }
    }
}
