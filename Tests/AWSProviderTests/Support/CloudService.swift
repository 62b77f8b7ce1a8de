import AWSClient
import AWSProvider
import ConfigurationManager
import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import Glibc
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import Profiles
import ServiceModel
import Synchronization
import Templates
import TerraformClient
import TestSupport
import Testing

/// A service of one test at AWS, in a namespace of its own.
struct CloudService: Sendable {
    static let base = """
        providers: {aws: {region: \(AWSServer.region), cluster: \(AWSServer.cluster)}}
        deployment: {replicas: 0}
        resources: {cpu: "2", memory: 4Gi}
        monitoring: {log_retention: 30d}

        """

    let server: AWSServer
    let namespace: String
    /// The administrator's, beside what is tested.
    let cluster: KubernetesAPI

    static func with(server: AWSServer? = nil, _ body: (CloudService) async throws -> Void) async throws {
        await Gate.cluster.enter()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await inside(server, body))
        } catch {
            outcome = .failure(error)
        }
        await Gate.cluster.leave()
        try outcome.get()
    }

    private static func inside(_ server: AWSServer?, _ body: (CloudService) async throws -> Void) async throws {
        let used: AWSServer
        if let server { used = server } else { used = try await .shared() }
        let plane = try await ControlPlane.shared()
        let access = try ClusterAccess.find(kubeconfig: plane.kubeconfigs.admin, context: nil, environment: [:])
        let (client, url) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
        let service = CloudService(
            server: used, namespace: "test-\(UInt32.random(in: 0...UInt32.max))",
            cluster: KubernetesAPI(client, server: url))
        _ = try await service.cluster.create(
            .namespace, namespace: nil,
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(service.namespace)]])
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(service))
        } catch {
            outcome = .failure(error)
        }
        _ = try? await service.cluster.delete(.namespace, namespace: nil, name: service.namespace, uid: nil)
        try outcome.get()
    }

    var identity: ServiceIdentity {
        get throws { ServiceIdentity(name: try ServiceName("demo"), namespace: namespace) }
    }

    // MARK: Release

    /// - Parameter layer: over the small service's and ``base``.
    func release(_ layer: String = "", name: String = "demo") throws -> Release {
        let folder = "/tmp/cloud-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try #require(mkdir(folder, 0o700) == 0)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var request = ConfigurationRequest()
        request.name = .init(name, flag: "--name")
        request.dataType = .init(.text, flag: "--type")
        request.provider = .init(.aws, flag: "--provider")
        request.environment = .init(.development, flag: "--environment")
        for (name, text) in [("small", SmallService.layer), ("base", Self.base), ("service", layer)] where !text.isEmpty
        {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name).yaml"))
            request.files.append("\(folder)/\(name).yaml")
        }
        request.assignments = [try .init(parsing: "deployment.namespace=\(namespace)", flag: "--set")]
        var loader = try ConfigurationLoader(
            profiles: DocumentTree(name: "profiles", embedded: BuiltInProfiles.files), request: request)
        let spec = DeploymentSpec(try loader.configuration(of: try #require(loader.declarations.first)))
        var renderer = ResourceRenderer(templates: DocumentTree(name: "templates", embedded: BuiltInTemplates.files))
        return Release(spec, resources: try renderer.resources(for: spec))
    }

    // MARK: Provider

    private struct Keys: AWSCredentialSource {
        func credentials(replacing refused: AWSCredentials?) async throws -> AWSCredentials {
            AWSCredentials(accessKeyID: "test", secretAccessKey: Redacted("secret"), source: "the test")
        }
    }

    /// A provider of its own, as another process has one.
    func provider(
        _ line: Line = Line(), credentials: (any AWSCredentialSource)? = nil, policy: AWSRetryPolicy = Self.policy,
        place: Node? = nil, terraform: TerraformEngine? = nil, propagation: Duration = .zero
    ) throws -> AWSProvider {
        let address = server.address
        let api = AWSAPI(
            line.client(CurlTransport(proxy: .direct), isWrite: Self.isWrite), region: AWSServer.region,
            credentials: credentials ?? Keys(), endpoints: AWSEndpoints { _ in (address, "the test") }, policy: policy)
        let settings: Node = ["region": .string(AWSServer.region), "cluster": .string(AWSServer.cluster)]
        let place = try #require(CloudPlace(.aws, settings: ["providers": ["aws": place ?? settings]]))
        let ground = AWSGround(place, api) { access, wrap in
            let (client, server) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
            let api = KubernetesAPI(line.client(wrap(client), isWrite: Self.isClusterWrite), server: server)
            let discovery = Discovery(api, server: access.server, cacheFolder: nil)
            var limits = ProviderLimits()
            limits.lease.poll = .milliseconds(50)
            return KubernetesProvider(
                kind: .aws, cluster: Cluster(api: api, discovery: discovery, name: access.context), limits: limits
            ) { Issue.record("\($0)") }
        }
        let none = TerraformEngine(environment: [:]) { throw Refusal() }
        return AWSProvider(ground, terraform: terraform ?? none, propagation: propagation)
    }

    private struct Refusal: Error {}

    /// Repeats as often as real programs do, without their pauses.
    static let policy = AWSRetryPolicy(sleep: { _ in try await Task.sleep(for: .milliseconds(10)) })

    private static func isWrite(_ request: HTTPRequest) -> Bool {
        let words = (request.headers["X-Amz-Target"] ?? "") + String(decoding: request.body, as: UTF8.self)
        if request.method == .post, request.url.path == "/" {
            return !["Action=Get", "Action=List", ".Describe", ".List"].contains { words.contains($0) }
        }
        return request.method != .get && request.method != .head
    }

    private static func isClusterWrite(_ request: HTTPRequest) -> Bool {
        request.method != .get && request.url.query?.contains("dryRun=All") != true
            && !request.url.path.hasPrefix("/apis/authorization.k8s.io/") && !request.url.path.contains("/leases/")
    }

    func deployer(_ provider: AWSProvider) -> Deployer {
        Deployer(provider: provider, holder: "the test") { 1_700_000_000 }
    }

    func options() -> Deployer.Options {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 120)
        options.lockWait = TimeSpan(seconds: 60)
        return options
    }

    @discardableResult
    func deploy(_ layer: String = "", with provider: AWSProvider? = nil) async throws -> DeploymentResult {
        let provider = try provider ?? self.provider()
        return try await deployer(provider).deploy(release(layer), options: options()) { _ in }
    }

    func preview(_ layer: String = "") async throws -> Plan {
        try await deployer(provider()).plan(release(layer), options: options())
    }

    @discardableResult
    func destroy(deleteData: Bool = false, with provider: AWSProvider? = nil) async throws -> DeploymentResult {
        var options = options()
        options.deleteData = deleteData
        let provider = try provider ?? self.provider()
        return try await deployer(provider).destroy(identity, options: options) { _ in }
    }

    @discardableResult
    func scale(to replicas: Int, with provider: AWSProvider? = nil) async throws -> DeploymentResult {
        try await deployer(provider ?? self.provider()).scale(identity, to: replicas, options: options()) { _ in }
    }

    /// Nodes of the cluster that no test has made one of its service's pool.
    private static let nodes = Mutex(["node-1", "node-2", "node-3"])

    /// Makes one of the cluster's nodes one of the service's pool: no machine comes with a played node group.
    func haveNode(for release: Release) async throws {
        let node = try #require(Self.nodes.withLock { $0.popLast() })
        let group = release.resources.first { $0.identity.kind == "NodeGroup" }
        let mark = try #require(group?.manifest.value("spec", "labels", "synthdata.io/node-pool"))
        try await cluster.merge(
            .node, namespace: nil, name: node, ["metadata": ["labels": ["synthdata.io/node-pool": mark]]])
    }

    /// What a process that was killed leaves: the lock, until it expires.
    func forgetLock() async throws {
        let leases = try await cluster.list(Selection(.lease, namespace: namespace)).items
        for lease in leases {
            _ = try await cluster.delete(.lease, namespace: namespace, name: lease.objectName, uid: nil)
        }
    }
}

extension Plan {
    /// `create NodeGroup`, without what stays.
    var cloudWork: [String] {
        changes.filter { $0.resource.isCloud && $0.action != .unchanged }
            .map { "\($0.action.rawValue) \($0.resource.kind)" }
    }
}
