package import AWSClient
import Diagnostics
import FoundationEssentials
package import HTTPTransport
package import KubernetesClient
package import KubernetesProvider
package import ServiceModel

/// One cluster of EKS, found when it is first needed: who asks, where it is, and the provider of what runs in it.
package final class AWSGround: Sendable {
    /// What is known of it once it was found.
    struct Found: Sendable {
        let identity: CallerIdentity
        let cluster: EKSCluster
        let kubernetes: KubernetesProvider
    }

    let place: CloudPlace
    let api: AWSAPI
    private let finding: Finding

    /// - Parameters:
    ///   - connect: makes the provider of a cluster from how it is reached; it is told what wraps each request.
    package init(
        _ place: CloudPlace, _ api: AWSAPI,
        connect: @escaping @Sendable (ClusterAccess, (any HTTPClient) -> any HTTPClient) throws -> KubernetesProvider
    ) {
        self.place = place
        self.api = api
        finding = Finding {
            _ = try place.required("cluster")
            // The account is checked before anything is said of what it has.
            let identity = try await CallerIdentity.ask(api)
            try identity.check(place)
            let cluster = try await EKSCluster.find(place, api)
            let location = place.location(of: "cluster")
            let access = ClusterAccess(
                context: cluster.name, server: place["cluster_endpoint"] ?? cluster.endpoint,
                authorities: cluster.authorities, serverName: place["cluster_server_name"],
                token: EKSToken.source(of: cluster.name, api) { Date().timeIntervalSince1970 }, location: location)
            let kubernetes = try connect(access) {
                EKSRefusal(base: $0, cluster: cluster, identity: identity, location: location)
            }
            return Found(identity: identity, cluster: cluster, kubernetes: kubernetes)
        }
    }

    /// - Throws: ``Diagnostic`` of what is missing: credentials, rights, the cluster.
    func found() async throws -> Found {
        do {
            return try await finding.value()
        } catch {
            throw AWSRefusal.told(error, at: place.location(of: "cluster"))
        }
    }

    /// Finds it once for many, and again where that failed.
    private actor Finding {
        private let find: @Sendable () async throws -> Found
        private var task: Task<Found, any Error>?

        init(_ find: @escaping @Sendable () async throws -> Found) {
            self.find = find
        }

        func value() async throws -> Found {
            let current = task ?? Task { [find] in try await find() }
            task = current
            do {
                return try await current.value
            } catch {
                if task == current { task = nil }
                throw error
            }
        }
    }
}
