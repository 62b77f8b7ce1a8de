import Diagnostics
import Documents
import Glibc
import ServiceModel
import Synchronization
import TestSupport

@testable import LocalProvider

/// A folder, a provider and one service of a test, all of them gone when the test ends.
struct Scratch: Sendable {
    let path: String
    let service: ServiceIdentity
    let provider: LocalProvider
    let warnings: Collected<Diagnostic>
    let events: Collected<DeploymentEvent>

    private static let gate = Gate(places: 4)

    /// Runs `body` and then ends every process of its service, whatever came of it.
    static func with(
        folder: String = "state", executable: String? = nil, _ body: (Scratch) async throws -> Void
    ) async throws {
        await Self.gate.enter()
        defer { Task { await Self.gate.leave() } }
        let path = "/tmp/local-provider-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        mkdir(path, 0o700)
        let scratch = try Scratch(path: path, folder: folder, executable: executable)
        defer { FolderListing.remove(path) }
        do {
            try await body(scratch)
        } catch {
            await scratch.end()
            throw error
        }
        await scratch.end()
    }

    private init(path: String, folder: String, executable: String?) throws {
        self.path = path
        let warnings = Collected<Diagnostic>()
        self.warnings = warnings
        events = Collected()
        service = ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata")
        provider = Self.provider(root: "\(path)/\(folder)", executable: executable, warnings: warnings)
    }

    static func provider(root: String, executable: String? = nil, warnings: Collected<Diagnostic>) -> LocalProvider {
        LocalProvider(
            root: root, executable: executable ?? "/bin/false", supervisorArguments: Self.supervisorCommand,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "SECRET": "not inherited"],
            workingDirectory: fixtures, warn: { warnings.append($0) })
    }

    var folder: StateFolder { provider.folder(service) }

    /// Where coverage is measured, a supervisor writes its counters beside those of the tests: it runs
    /// most of the provider, in a process of its own and with an environment of its own.
    private static var supervisorCommand: [String] {
        guard let counters = getenv("LLVM_PROFILE_FILE").map({ String(cString: $0) }),
            let slash = counters.lastIndex(of: "/")
        else { return [supervisorExecutable] }
        return ["/usr/bin/env", "LLVM_PROFILE_FILE=\(counters[..<slash])/supervisor-%p.profraw", supervisorExecutable]
    }

    static let supervisorExecutable = BuiltProgram.path("local-supervisor")

    static var fixtures: String {
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures"
    }

    /// A manifest as a template would make it, its values located at lines of `service.yaml`.
    func manifest(
        replicas: Int = 1, command: String = "[env, python3, server.py]", env: [String: String] = [:], port: Int = 0,
        extra: String = ""
    ) throws -> Node {
        var variables = ""
        for (name, value) in env.sorted(by: { $0.key < $1.key }) {
            variables += "{name: \(name), value: \"\(value)\"}, "
        }
        let text = """
            apiVersion: local.synthdata.io/v1
            kind: LocalService
            metadata: {name: demo, namespace: synthdata}
            spec:
              replicas: \(replicas)
              command: \(command)
              env: [\(variables)]
              port: \(port)
              configuration: {rows: 5, name: "snow ☃"}
              readiness: {path: /readyz, periodMilliseconds: 100, timeoutMilliseconds: 10000, failureThreshold: 2, startupMilliseconds: 60000}
              liveness: {path: /healthz, periodMilliseconds: 200, timeoutMilliseconds: 10000, failureThreshold: 2}
              metrics: {path: /metrics, throughput: made_total}
              terminationGraceMilliseconds: 2000
              restart: {initialMilliseconds: 50, maximumMilliseconds: 400, doomedAfter: 3}
              resources: {cpuMilli: 1000, memoryBytes: 1073741824}
              logs: {maximumBytes: 10485760, files: 3}
            """
        var node = try YAMLParser.parseOne(text, file: SourceFile("service.yaml"))
        if !extra.isEmpty {
            let patch = try YAMLParser.parseOne(extra, file: SourceFile("extra.yaml"))
            node.merge(patch)
        }
        return node
    }

    func release(_ manifest: Node?, reason: String = "deploy") throws -> Release {
        let resources = try manifest.map { manifest in
            guard let resource = Resource(manifest: manifest) else { throw Diagnostic(.error, .localManifest, "odd") }
            return [resource]
        }
        return Release(
            service: service, dataType: .tabular, provider: .local, environment: .development, version: "1.0.0",
            reason: reason, resources: resources ?? [])
    }

    @discardableResult
    func deploy(_ manifest: Node?, timeout: Int = 120, deleteData: Bool = false) async throws -> Applied {
        let plan = try await provider.plan(release(manifest), deleteData: deleteData)
        return try await provider.apply(plan, timeout: TimeSpan(seconds: timeout)) { events.append($0) }
    }

    /// The kinds of events that were reported.
    var eventWords: [String] {
        events.all.map { event in
            switch event {
            case .applying: "applying"
            case .progress: "progress"
            case .applied: "applied"
            case .ready: "ready"
            case .warning: "warning"
            case .planned, .waitingForLock, .working, .rollingBack: "other"
            }
        }
    }

    /// What is observed, once the supervisor answers, if one runs: on a busy machine that takes longer than a person
    /// waits for it.
    func status() async throws -> ServiceStatus? {
        var found: ServiceStatus?
        _ = try await eventually {
            found = try await provider.observe([service]).first
            return found?.cause?.contains(") does not answer;") != true
        }
        return found
    }

    func snapshot() async throws -> ServiceSnapshot {
        try await ControlClient(folder: folder).status(within: .seconds(60))
    }

    /// Everything that still runs with this service's marker.
    var processes: [pid_t] { ProcessTable.marked("\(ReplicaLaunch.marker)=\(folder.path)") }

    /// Asks until `condition` holds, a minute at most.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await condition()
    }

    private func end() async {
        _ = try? await provider.destroy(service, deleteData: true, timeout: TimeSpan(seconds: 5)) { _ in }
        if let record = ServiceSnapshot.read(folder, warn: { _ in }) {
            ProcessSignal.send(to: record.supervisor, SIGKILL)
        }
    }
}

/// Values from many tasks, in the order of their coming.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func append(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}
