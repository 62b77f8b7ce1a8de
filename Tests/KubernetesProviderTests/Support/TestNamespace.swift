import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// A namespace of the tests' cluster that one test has for itself.
struct TestNamespace: Sendable {
    let name: String
    /// The administrator's, beside what is tested.
    let api: KubernetesAPI
    private let client: any HTTPClient
    private let server: HTTPURL
    let discovery: Discovery

    /// Runs `body` with a namespace that goes away afterwards.
    static func with(
        labels: Node = [:], of plane: ControlPlane? = nil, _ body: (TestNamespace) async throws -> Void
    ) async throws {
        // All at once, rollouts would take longer than anybody waits for them.
        await Gate.cluster.enter()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await inside(labels, plane, body))
        } catch {
            outcome = .failure(error)
        }
        await Gate.cluster.leave()
        try outcome.get()
    }

    private static func inside(
        _ labels: Node, _ plane: ControlPlane?, _ body: (TestNamespace) async throws -> Void
    ) async throws {
        let shared: Connection
        if let plane { shared = try await connect(plane) } else { shared = try await connection.value }
        let name = "test-\(UInt32.random(in: 0...UInt32.max))"
        let namespace = TestNamespace(
            name: name, api: shared.discovered.api, client: shared.client, server: shared.server,
            discovery: shared.discovered.discovery)
        _ = try await namespace.api.create(
            .namespace, namespace: nil,
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name), "labels": labels]])
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(namespace))
        } catch {
            outcome = .failure(error)
        }
        _ = try? await namespace.api.delete(.namespace, namespace: nil, name: name, uid: nil)
        try outcome.get()
    }

    struct Connection: Sendable {
        fileprivate let client: any HTTPClient
        fileprivate let server: HTTPURL
        fileprivate let discovered: (api: KubernetesAPI, discovery: Discovery)

        var api: KubernetesAPI { discovered.api }
    }

    /// One for all tests: connections are shared, and what the server serves is asked once.
    private static let connection = Task.detached { try await connect(ControlPlane.shared()) }

    static func connect(_ plane: ControlPlane) async throws -> Connection {
        let (client, server) = try client(plane.kubeconfigs.admin)
        let api = KubernetesAPI(client, server: server)
        let discovery = Discovery(api, server: plane.server, cacheFolder: nil)
        _ = try await discovery.types()
        return Connection(client: client, server: server, discovered: (api, discovery))
    }

    private static func client(_ kubeconfig: String) throws -> (any HTTPClient, HTTPURL) {
        let access = try ClusterAccess.find(kubeconfig: kubeconfig, context: nil, environment: [:])
        return try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
    }

    func service(_ name: String = "demo") throws -> ServiceIdentity {
        ServiceIdentity(name: try ServiceName(name), namespace: self.name)
    }

    /// Short enough for tests, long enough for a busy machine.
    static let limits: ProviderLimits = {
        var limits = ProviderLimits()
        limits.lease.poll = .milliseconds(50)
        limits.graces.volume = .seconds(1)
        limits.graces.scheduling = .seconds(1)
        limits.graces.creation = .seconds(2)
        return limits
    }()

    /// For services whose pods wait for others: for the tokens of their accounts, for volumes, for nodes.
    static let patientLimits: ProviderLimits = {
        var patient = limits
        patient.graces = CauseGraces()
        return patient
    }()

    /// A provider of its own, as another process has one.
    func provider(
        _ limits: ProviderLimits = limits, cut: Traffic.Cut? = nil, ownership: FieldOwnership = FieldOwnership(),
        meanwhile: @escaping @Sendable (Traffic.Sent) async -> Void = { _ in },
        warn: @escaping @Sendable (Diagnostic) -> Void = { Issue.record("\($0)") },
        web: (any HTTPClient)? = nil, by way: (any HTTPClient) -> any HTTPClient = { $0 }
    ) -> (provider: KubernetesProvider, traffic: Traffic) {
        let traffic = Traffic(way(client), cut: cut, meanwhile: meanwhile)
        let cluster = Cluster(api: KubernetesAPI(traffic, server: server), discovery: discovery, name: "test")
        return (
            KubernetesProvider(
                kind: .onprem, cluster: cluster, ownership: ownership, limits: limits, web: web,
                warn: warn),
            traffic
        )
    }

    /// A provider that shares nothing, and speaks to the cluster as a kubeconfig says.
    func provider(by kubeconfig: String, _ limits: ProviderLimits = limits) throws -> KubernetesProvider {
        let (client, server) = try Self.client(kubeconfig)
        let api = KubernetesAPI(client, server: server)
        let cluster = Cluster(
            api: api, discovery: Discovery(api, server: kubeconfig, cacheFolder: nil), name: "test")
        return KubernetesProvider(kind: .onprem, cluster: cluster, limits: limits) { Issue.record("\($0)") }
    }

    @discardableResult
    func deploy(
        _ release: Release, with provider: KubernetesProvider? = nil, timeout: Int = 60, lockWait: Int = 60,
        holder: String = "the test"
    ) async throws -> DeploymentResult {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: timeout)
        options.lockWait = TimeSpan(seconds: lockWait)
        return try await deployer(provider, holder).deploy(release, options: options) { _ in }
    }

    func deployer(_ provider: KubernetesProvider? = nil, _ holder: String = "the test") -> Deployer {
        Deployer(provider: provider ?? self.provider().provider, holder: holder) { 1_700_000_000 }
    }

    /// What is said of a release that is applied without a look ahead: a preflight finds some causes before they come
    /// true, and cannot find those that come true later.
    ///
    /// - Parameter applies: false for one that stands already, and is only waited for.
    func verdict(on release: Release, applies: Bool = true, timeout: Int = 60) async throws -> Diagnostic {
        var release = release
        release.revision = 1
        let plan = Plan(
            release: release, baseRevision: 0,
            changes: release.resources.map {
                Change(resource: $0.identity, action: applies ? .create : .unchanged, effect: .none)
            })
        return try await problem {
            _ = try await provider().provider.apply(plan, timeout: TimeSpan(seconds: timeout)) { _ in }
        }
    }

    /// What a deployment that fails says first.
    func problem(of release: Release, timeout: Int = 60) async throws -> Diagnostic {
        try await problem { try await deploy(release, timeout: timeout) }
    }

    private func problem(_ work: () async throws -> Void) async throws -> Diagnostic {
        do {
            try await work()
        } catch let problem as Diagnostic {
            return problem
        } catch let report as DiagnosticReport {
            return try #require(report.diagnostics.first)
        }
        throw Diagnostic(.error, .unexpected, "it went well")
    }

    /// `1 superseded, 2 deployed`
    func history(_ service: String = "demo") async throws -> String {
        try await provider().provider.releases.releases(of: self.service(service))
            .map { "\($0.revision) \($0.status)" }.joined(separator: ", ")
    }
}

extension Diagnostic.Code {
    static let unexpected = Self("test.unexpected", .failed)
}
