import Diagnostics
import Documents
import FoundationEssentials
import Glibc
import LocalProvider
import ServiceModel
import TestSupport
import Testing

/// A kind of provider that ``ProviderConformance`` runs against; a new provider adds itself to ``all``.
struct ConformingProvider: Sendable, CustomTestStringConvertible {
    /// What a release is, beside good.
    enum Flaw: Sendable {
        /// It is applied, and can never become ready.
        case doomed
        /// It is refused before anything is touched.
        case refused
    }

    /// What a resource of a release says.
    struct Wish: Sendable {
        let service: ServiceIdentity
        let tag: String
        let replicas: Int
        let flaw: Flaw?
    }

    typealias Kill =
        @Sendable (_ service: ServiceIdentity, _ provider: any Provider, _ folder: String) async throws -> Void

    let name: String
    /// Makes a provider without services that shares nothing with any other; `folder` is empty.
    let make: @Sendable (_ folder: String) async throws -> any Provider
    /// The manifests of a release, as YAML in `service.yaml`.
    var manifests: @Sendable (Wish) -> [String] = ConformingProvider.localService
    /// Where `service.yaml` is refused.
    var refusal = "service.yaml:6:13"
    /// Ends, without a word to anyone, what keeps a service running there. Nil where nothing can: a cluster's own
    /// controllers start again whatever ends.
    var kill: Kill?
    /// Whether a doomed release is taken back at once. A cluster goes on trying, beside the old replicas, until it
    /// is told otherwise.
    var takesBackWhatIsDoomed = true
    /// Loses the history of a service, as an accident does.
    var loseHistory: @Sendable (_ service: ServiceIdentity, _ provider: any Provider) async throws -> Void =
        ConformingProvider.forget
    /// Makes the place that the service stands in, where it needs one.
    var prepare: @Sendable (_ service: ServiceIdentity) async throws -> Void = ConformingProvider.leave
    /// Removes what a test has left behind.
    var clean: @Sendable (_ service: ServiceIdentity) async throws -> Void = ConformingProvider.leave

    var testDescription: String { name }

    static let all = ConformingCluster.isWanted ? [inMemory, local, ConformingCluster.provider] : [inMemory, local]

    /// Those whose services can be killed from outside.
    static let killable = all.filter { $0.kill != nil }

    private static let inMemory =
        ConformingProvider(
            name: "in memory", make: { _ in InMemoryProvider() },
            kill: { service, provider, _ in try await #require(provider as? InMemoryProvider).kill(service) })

    private static let local =
        ConformingProvider(
            name: "local",
            make: { folder in
                LocalProvider(
                    root: "\(folder)/state", executable: "/bin/false",
                    supervisorArguments: [BuiltProgram.path("local-supervisor")],
                    environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder],
                    workingDirectory: workloads, warn: { Issue.record("\($0)") })
            },
            kill: { service, _, folder in
                let record = "\(folder)/state/\(service.namespace)/\(service.name)/supervisor.json"
                let bytes = try FileBytes.read(path: record, maximumSize: 1 << 20)
                let document = try JSONParser.parse(bytes, file: SourceFile(record))
                let supervisor = try #require(document["supervisor"]?["pid"]?.integer.flatMap(pid_t.init(exactly:)))
                Glibc.kill(supervisor, SIGKILL)
                // Its parent is this process, which reaps it on a thread of its own.
                try await eventually { Glibc.kill(supervisor, 0) != 0 }
            })

    private static func forget(_ service: ServiceIdentity, _ provider: any Provider) async throws {
        try await provider.releases.removeAll(of: service)
    }

    private static func leave(_ service: ServiceIdentity) async throws {}

    private static func localService(_ wish: Wish) -> [String] {
        let doom = wish.flaw == .doomed ? ", {name: EXIT_AT_START, value: \"3\"}" : ""
        return [
            """
            apiVersion: local.synthdata.io/v1
            kind: LocalService
            metadata: {name: demo, namespace: \(wish.service.namespace)}
            spec:
              replicas: \(wish.replicas)
              command: [\(wish.flaw == .refused ? "no-such-program" : "env"), python3, server.py]
              env: [{name: TAG, value: "\(wish.tag)"}\(doom)]
              port: 0
              configuration: {}
              readiness: {path: /readyz, periodMilliseconds: 50, timeoutMilliseconds: 10000, failureThreshold: 2, startupMilliseconds: 60000}
              liveness: {path: /healthz, periodMilliseconds: 500, timeoutMilliseconds: 10000, failureThreshold: 2}
              metrics: {path: /metrics, throughput: made_total}
              terminationGraceMilliseconds: 1000
              restart: {initialMilliseconds: 20, maximumMilliseconds: 100, doomedAfter: 2}
              resources: {cpuMilli: 1000, memoryBytes: 1073741824}
              logs: {maximumBytes: 1048576, files: 2}
            """
        ]
    }

    /// The folder with `server.py`, a workload that does what its variables say.
    private static var workloads: String {
        let tests = #filePath.split(separator: "/").dropLast(3)
        return "/" + tests.joined(separator: "/") + "/LocalProviderTests/Fixtures"
    }
}

/// One service at one provider, and the releases that a test deploys there.
struct ProviderStage: Sendable {
    let kind: ConformingProvider
    let provider: any Provider
    let service: ServiceIdentity
    private let folder: String

    /// Ends what keeps the service running.
    func kill() async throws {
        let kill = try #require(kind.kill)
        try await kill(service, provider, folder)
    }

    func loseHistory() async throws { try await kind.loseHistory(service, provider) }

    /// Runs `body` and then ends the service with its data, whatever came of it.
    static func with(
        _ kind: ConformingProvider, _ body: (ProviderStage) async throws -> Void
    ) async throws {
        let folder = "/tmp/conformance-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try #require(mkdir(folder, 0o700) == 0)
        let namespace = "synthdata-\(UInt32.random(in: 0...UInt32.max))"
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: namespace)
        let stage = ProviderStage(kind: kind, provider: try await kind.make(folder), service: service, folder: folder)
        try await kind.prepare(service)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(stage))
        } catch {
            outcome = .failure(error)
        }
        if let plan = try? await stage.provider.plan(stage.release(nil), deleteData: true) {
            _ = try? await stage.provider.apply(plan, timeout: TimeSpan(seconds: 10)) { _ in }
        }
        try? FileManager.default.removeItem(atPath: folder)
        do {
            try await kind.clean(service)
        } catch {
            // What went wrong first is thrown.
            Issue.record(error)
        }
        try outcome.get()
    }

    /// A release whose replicas carry `tag`; without one, of nothing, as a destroy makes it.
    func release(
        _ tag: String?, replicas: Int = 1, flaw: ConformingProvider.Flaw? = nil, historyLimit: Int = 10
    ) throws -> Release {
        let manifests = tag.map {
            kind.manifests(.init(service: service, tag: $0, replicas: replicas, flaw: flaw))
        }
        return Release(
            service: service, dataType: .tabular, provider: provider.kind, environment: .development,
            version: tag ?? "none", reason: "deploy", historyLimit: historyLimit,
            resources: try (manifests ?? []).map {
                try #require(Resource(manifest: YAMLParser.parseOne($0, file: SourceFile("service.yaml"))))
            })
    }

    /// What runs now. A supervisor of a busy machine may need longer to answer than a person waits for it.
    func status() async throws -> ServiceStatus {
        var found: ServiceStatus?
        try await eventually {
            found = try await provider.observe([service]).first
            return found?.cause?.contains(") does not answer;") != true
        }
        return try #require(found)
    }

    /// `1 superseded, 2 deployed`.
    func history() async throws -> String {
        try await provider.releases.releases(of: service).map { "\($0.revision) \($0.status)" }
            .joined(separator: ", ")
    }
}
