import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Who holds a lease, as it is written in it.
struct LeaseRecord: Sendable {
    private static let tokenAnnotation = "synthdata.io/lock-token"
    private static let processAnnotation = "synthdata.io/lock-process"

    /// For people: user, host, process, job.
    let holder: String
    /// Differs for each taking, so that a holder never takes another's lease for its own.
    let token: String
    /// The holder's process where it can be found again on its machine; nil elsewhere.
    private let process: ProcessPlace?
    private let renewed: Date?
    let duration: Duration

    init(holder: String) {
        self.holder = holder
        token = UUID().uuidString
        process = ProcessPlace.current
        renewed = nil
        duration = .zero
    }

    /// Nil for a lease that nobody holds.
    init?(lease: Node) {
        guard let holder = lease.value("spec", "holderIdentity")?.string, !holder.isEmpty else { return nil }
        let annotations = lease.value("metadata", "annotations")
        self.holder = holder
        token = annotations?[Self.tokenAnnotation]?.string ?? ""
        process = annotations?[Self.processAnnotation]?.string.flatMap(ProcessPlace.init(written:))
        renewed = lease.value("spec", "renewTime")?.string.flatMap(Self.date)
        duration = .seconds(lease.value("spec", "leaseDurationSeconds")?.integer ?? 15)
    }

    /// Whether the holder was a process of this machine and is no more.
    var isGone: Bool { process?.isGone == true }

    /// How far two machines' clocks may differ and still be believed, in seconds.
    private static let clockSkew = 60.0

    /// Whether it was last renewed so long ago that no difference of clocks explains it.
    func hasExpired(at now: Date) -> Bool {
        guard let renewed else { return false }
        return now.timeIntervalSince(renewed) > Double(duration.components.seconds) + Self.clockSkew
    }

    /// The lease that says so, in place of the one that was read.
    func lease(of service: ServiceIdentity, name: String, duration: Duration, over old: Node?) -> Node {
        let now = Self.text(Date())
        let isRenewal = old.flatMap(LeaseRecord.init(lease:))?.token == token
        var metadata = RecordMetadata.of(service, name: name).mapping ?? Mapping()
        var annotations = Mapping()
        annotations[Self.tokenAnnotation] = .string(token)
        if let process { annotations[Self.processAnnotation] = .string(process.written) }
        metadata["annotations"] = .mapping(annotations)
        if let version = old?.resourceVersion { metadata["resourceVersion"] = .string(version) }
        let acquired = isRenewal ? old?.value("spec", "acquireTime")?.string : nil
        let transitions = old?.value("spec", "leaseTransitions")?.integer ?? 0
        return [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": .mapping(metadata),
            "spec": [
                "holderIdentity": .string(holder),
                "leaseDurationSeconds": .integer(max(1, Int(duration.components.seconds))),
                "acquireTime": .string(acquired ?? now), "renewTime": .string(now),
                "leaseTransitions": .integer(old == nil || isRenewal ? transitions : transitions + 1),
            ],
        ]
    }

    private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func date(_ text: String) -> Date? { try? format.parse(text) }

    /// A `MicroTime`: RFC 3339 with six digits behind the second.
    private static func text(_ date: Date) -> String {
        let text = date.formatted(format)
        return text.hasSuffix("Z") ? "\(text.dropLast())000Z" : text
    }
}

/// A process, as the machine it runs on since its start, its namespace of numbers, its number and its own start.
private struct ProcessPlace: Sendable, Equatable {
    let machine: String
    let pid: Int32
    let startTicks: String

    var written: String { "\(machine) \(pid) \(startTicks)" }

    init?(written text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 3, let pid = Int32(parts[1]) else { return nil }
        machine = parts[0]
        self.pid = pid
        startTicks = parts[2]
    }

    private init?(pid: Int32) {
        guard let machine = Self.machine, let ticks = Self.startTicks(pid) else { return nil }
        self.machine = machine
        self.pid = pid
        startTicks = ticks
    }

    static let current = ProcessPlace(pid: getpid())

    var isGone: Bool { machine == Self.machine && Self.startTicks(pid) != startTicks }

    /// The machine's boot and the namespace of process numbers: in two containers the same number means two
    /// processes.
    private static let machine: String? = {
        guard let boot = try? FileBytes.read(path: "/proc/sys/kernel/random/boot_id", maximumSize: 100) else {
            return nil
        }
        var target = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/pid", &target, target.count)
        guard count > 0 else { return nil }
        let id = String(decoding: boot, as: UTF8.self).prefix { $0 != "\n" }
        return "\(id)/\(String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self))"
    }()

    /// Field 22 of `/proc/PID/stat`, proc(5); nil for a process that does not run.
    private static func startTicks(_ pid: Int32) -> String? {
        guard let bytes = try? FileBytes.read(path: "/proc/\(pid)/stat", maximumSize: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field is the program's name in parentheses, which may hold anything.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return String(fields[19])
    }
}
