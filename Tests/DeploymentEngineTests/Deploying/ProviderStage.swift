import Diagnostics
import Documents
import FoundationEssentials
import Glibc
import LocalProvider
import ServiceModel
import Testing

/// A kind of provider that ``ProviderConformance`` runs against; a new provider adds itself to ``all``.
struct ConformingProvider: Sendable, CustomTestStringConvertible {
    let name: String
    /// Makes a provider without services that shares nothing with any other; `folder` is empty.
    let make: @Sendable (_ folder: String) -> any Provider
    /// Ends, without a word to anyone, what keeps a service running there.
    let kill: @Sendable (_ service: ServiceIdentity, _ provider: any Provider, _ folder: String) async throws -> Void

    var testDescription: String { name }

    static let all = [
        ConformingProvider(
            name: "in memory", make: { _ in InMemoryProvider() },
            kill: { service, provider, _ in try await #require(provider as? InMemoryProvider).kill(service) }),
        ConformingProvider(
            name: "local",
            make: { folder in
                LocalProvider(
                    root: "\(folder)/state", executable: "/bin/false", supervisorArguments: [supervisor],
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
                while Glibc.kill(supervisor, 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
            }),
    ]

    /// Built beside the bundle of the tests.
    private static var supervisor: String {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return "/" + (bundle.split(separator: "/").dropLast() + ["local-supervisor"]).joined(separator: "/")
    }

    /// The folder with `server.py`, a workload that does what its variables say.
    private static var workloads: String {
        let tests = #filePath.split(separator: "/").dropLast(3)
        return "/" + tests.joined(separator: "/") + "/LocalProviderTests/Fixtures"
    }
}

/// One service at one provider, and the releases that a test deploys there.
struct ProviderStage: Sendable {
    let provider: any Provider
    let service: ServiceIdentity
    /// Ends what keeps the service running.
    let kill: @Sendable () async throws -> Void

    /// Runs `body` and then ends the service with its data, whatever came of it.
    static func with(
        _ kind: ConformingProvider, _ body: (ProviderStage) async throws -> Void
    ) async throws {
        let folder = "/tmp/conformance-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try #require(mkdir(folder, 0o700) == 0)
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata")
        let provider = kind.make(folder)
        let stage = ProviderStage(provider: provider, service: service) {
            try await kind.kill(service, provider, folder)
        }
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
        try outcome.get()
    }

    /// A release whose replicas carry `tag`; without one, of nothing, as a destroy makes it.
    func release(
        _ tag: String?, replicas: Int = 1, isDoomed: Bool = false, command: String = "env", historyLimit: Int = 10
    ) throws -> Release {
        Release(
            service: service, dataType: .tabular, provider: provider.kind, environment: .development,
            version: tag ?? "none", reason: "deploy", historyLimit: historyLimit,
            resources: try tag.map { [try Self.resource($0, replicas, isDoomed, command)] } ?? [])
    }

    private static func resource(
        _ tag: String, _ replicas: Int, _ isDoomed: Bool, _ command: String
    ) throws -> Resource {
        let doom = isDoomed ? ", {name: EXIT_AT_START, value: \"3\"}" : ""
        let manifest = try YAMLParser.parseOne(
            """
            apiVersion: local.synthdata.io/v1
            kind: LocalService
            metadata: {name: demo, namespace: synthdata}
            spec:
              replicas: \(replicas)
              command: [\(command), python3, server.py]
              env: [{name: TAG, value: "\(tag)"}\(doom)]
              port: 0
              configuration: {}
              readiness: {path: /readyz, periodMilliseconds: 50, timeoutMilliseconds: 1000, failureThreshold: 2, startupMilliseconds: 10000}
              liveness: {path: /healthz, periodMilliseconds: 500, timeoutMilliseconds: 1000, failureThreshold: 2}
              metrics: {path: /metrics, throughput: made_total}
              terminationGraceMilliseconds: 1000
              restart: {initialMilliseconds: 20, maximumMilliseconds: 100, doomedAfter: 2}
              resources: {cpuMilli: 1000, memoryBytes: 1073741824}
              logs: {maximumBytes: 1048576, files: 2}
            """, file: SourceFile("service.yaml"))
        return try #require(Resource(manifest: manifest))
    }

    /// What runs now.
    func status() async throws -> ServiceStatus {
        try #require(try await provider.observe([service]).first)
    }

    /// `1 superseded, 2 deployed`.
    func history() async throws -> String {
        try await provider.releases.releases(of: service).map { "\($0.revision) \($0.status)" }
            .joined(separator: ", ")
    }
}
