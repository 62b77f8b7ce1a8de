import Diagnostics
import Documents
import ServiceModel

/// The typed form of a `LocalService` manifest (`apiVersion: local.synthdata.io/v1`).
///
/// The tree that it was read from is kept: a failure names the configuration line of its field.
struct LocalServiceSpec: Sendable {
    static let apiVersion = "local.synthdata.io/v1"
    static let kind = "LocalService"

    struct Probe: Sendable, Equatable {
        /// Nil: a connection that is accepted is answer enough.
        let path: String?
        let period: Int
        let timeout: Int
        let failureThreshold: Int
    }

    struct Metrics: Sendable, Equatable {
        let path: String
        /// The counter of records, summed over its labels; nil when there is none.
        let throughput: String?
    }

    let name: String
    let namespace: String
    let replicas: Int
    let command: [String]
    let environment: [(name: String, value: String)]
    /// Of the balancer; 0: chosen once and remembered.
    let port: Int
    let configuration: Node
    let readiness: Probe
    let startupMilliseconds: Int
    let liveness: Probe?
    let metrics: Metrics?
    let terminationGrace: Int
    let restartInitial: Int
    let restartMaximum: Int
    let doomedAfter: Int
    /// Granted to each replica, for the usage shown; nil when not said.
    let cpuMilli: Int?
    let memoryBytes: Int?
    let logMaximumBytes: Int
    let logFiles: Int
    let manifest: Node

    /// - Throws: ``Diagnostic`` with code `local.manifest` for the first field that is missing or odd.
    init(manifest: Node) throws(Diagnostic) {
        guard manifest["apiVersion"]?.string == Self.apiVersion, manifest["kind"]?.string == Self.kind else {
            throw Diagnostic(
                .error, .localManifest, "the local provider runs `\(Self.kind)` objects only", at: manifest.location,
                why: "the object has apiVersion `\(manifest["apiVersion"]?.string ?? "")` and kind "
                    + "`\(manifest["kind"]?.string ?? "")`")
        }
        self.manifest = manifest
        let fields = ManifestFields(root: manifest)
        name = try fields.text("metadata.name")
        namespace = try fields.text("metadata.namespace")
        replicas = try fields.integer("spec.replicas", 0...1000, default: 1)
        command = try fields.texts("spec.command")
        environment = try fields.environment("spec.env")
        port = try fields.integer("spec.port", 0...65535, default: 0)
        configuration = fields["spec.configuration"] ?? .mapping(Mapping())
        readiness = try fields.probe("spec.readiness", period: 500, timeout: 1000)
        startupMilliseconds = try fields.integer("spec.readiness.startupMilliseconds", 1...86_400_000, default: 60_000)
        liveness =
            fields["spec.liveness"] == nil ? nil : try fields.probe("spec.liveness", period: 5000, timeout: 2000)
        metrics =
            fields["spec.metrics"] == nil
            ? nil
            : Metrics(
                path: try fields.text("spec.metrics.path", default: "/metrics"),
                throughput: fields["spec.metrics.throughput"]?.string)
        terminationGrace = try fields.integer("spec.terminationGraceMilliseconds", 0...86_400_000, default: 10_000)
        restartInitial = try fields.integer("spec.restart.initialMilliseconds", 1...3_600_000, default: 500)
        restartMaximum = try fields.integer("spec.restart.maximumMilliseconds", 1...3_600_000, default: 30_000)
        doomedAfter = try fields.integer("spec.restart.doomedAfter", 1...1000, default: 3)
        cpuMilli = try fields.integer("spec.resources.cpuMilli", 1...Int.max)
        memoryBytes = try fields.integer("spec.resources.memoryBytes", 1...Int.max)
        logMaximumBytes = try fields.integer("spec.logs.maximumBytes", 4096...Int.max, default: 10 << 20)
        logFiles = try fields.integer("spec.logs.files", 1...100, default: 3)
    }

    /// Where the field at `path` was configured: its own place, or the nearest one around it.
    func location(of path: NodePath) -> SourceLocation? {
        var path = path
        while true {
            if let location = manifest[path]?.location, location.isKnown { return location }
            if path.steps.isEmpty { return nil }
            path.steps.removeLast()
        }
    }

    /// The fields that a process is started with. A difference here needs a new process; a difference
    /// anywhere else changes the service where it stands.
    static let processFields = ["command", "env", "configuration"]

    /// A short name for the process fields' values: replicas with the same one are interchangeable.
    var template: String {
        var fields = Mapping()
        for key in Self.processFields {
            let value = manifest["spec"]?[key]
            if let value, !value.isNull { fields[key] = value }
        }
        let text = JSONEmitter.emit(.mapping(fields), JSONEmitter.Options(sortedKeys: true))
        // FNV-1a, 64 bits: a name for a difference between a person's own releases, not a protection.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

extension LocalServiceSpec {
    /// Takes the values of variables that look like secrets out of what the service wrote.
    var scrubber: Scrubber {
        let hidden = environment.filter { SecretRedaction.hides(name: $0.name, value: .string($0.value)) }
        return Scrubber(Set(hidden.map(\.value)))
    }
}
