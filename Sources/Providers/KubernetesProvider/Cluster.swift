package import KubernetesClient
package import ServiceModel

/// The cluster that services run in: its API, what it serves, and how many requests it is spared at once.
package struct Cluster: Sendable {
    package private(set) var api: KubernetesAPI
    package let discovery: Discovery
    /// `context` of a kubeconfig, for messages.
    package let name: String
    /// Of a cloud; nil for a cluster of one's own.
    package let place: CloudPlace?
    /// The most requests that are under way at once for one plan.
    let concurrency = 16
    /// What the services of a fleet look at together; nil for a single one.
    private(set) var look: FleetLook?

    package init(api: KubernetesAPI, discovery: Discovery, name: String, place: CloudPlace? = nil) {
        self.api = api
        self.discovery = discovery
        self.name = name
        self.place = place
    }

    /// The same cluster, for the first plan of a service of a fleet.
    func reading(from look: FleetLook) -> Cluster {
        var cluster = self
        cluster.api = api.reading(from: look)
        cluster.look = look
        return cluster
    }

    /// What is the same for all services of a fleet, asked once for it.
    ///
    /// - Parameter changes: whether it may be another after a while, and is then asked again.
    func once<Value: Sendable>(
        _ question: String, changes: Bool = false, _ answer: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if let look { return try await look.once(question, changes: changes, answer) }
        return try await answer()
    }

    /// The kind of an object as this server serves it; the version that the object was made with may be gone.
    func type(of identity: Resource.Identity) async throws -> ResourceType? {
        if let type = try await discovery.type(apiVersion: identity.apiVersion, kind: identity.kind) { return type }
        return try await discovery.types().versions(group: identity.group, kind: identity.kind).first
    }

    /// Runs `work` on every item, some at once; results are in the items' order.
    ///
    /// - Throws: the first error; work that has not begun is then left out.
    func concurrently<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await items.concurrentMap(atOnce: concurrency, work)
    }
}
