import Diagnostics
import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// Releases as Secrets beside the service, compressed, and cut into parts where one object cannot hold them.
///
/// They hold no secret values: what a release refers to stays where it is. They are Secrets because whoever may
/// not read Secrets should not read environment variables in them, either.
struct SecretReleaseStore: ReleaseStore {
    /// An object may have 1 MiB in all, and base64 makes four bytes of three:
    /// https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
    static let standardPartSize = 700_000

    static let record = "release"
    private static let type = "synthdata.io/release.v1"
    private static let selector = "\(RecordMetadata.recordLabel)=\(record)"

    let cluster: Cluster
    let partSize: Int
    /// Asked before every write: throws when the service's lock was lost.
    let mayWrite: @Sendable (ServiceIdentity) async throws -> Void
    let warn: @Sendable (Diagnostic) -> Void
    /// What the services of a fleet look at together; nil for a single one.
    var look: FleetLook?

    private func api(_ service: ServiceIdentity) -> KubernetesAPI {
        cluster.api.writing { try await mayWrite(service) }
    }

    func releases(of service: ServiceIdentity) async throws -> [Release] {
        try await told(service) { try await stored(service) }
    }

    private func stored(_ service: ServiceIdentity) async throws -> [Release] {
        let selection = Selection(
            .secret, namespace: service.namespace,
            labels: "\(Self.selector),\(RecordMetadata.serviceLabel)=\(service.name)")
        let parts = try await cluster.api.list(selection) { StoredPart($0) }.items
        return Dictionary(grouping: parts, by: \.revision).sorted { $0.key < $1.key }.compactMap { revision, parts in
            guard let release = Self.release(parts) else {
                warn(Self.unreadable(service, revision))
                return nil
            }
            return release
        }
    }

    func save(_ release: Release, keeping limit: Int) async throws {
        try await told(release.service) { try await write(release, keeping: limit) }
    }

    func mark(_ release: Release, keeping limit: Int) async throws {
        try await told(release.service) {
            do {
                try await writeStatus(of: release)
                try await removeOld(after: release, keeping: limit)
            } catch let status as APIStatus where status.isNotFound {
                // An old one that was dropped meanwhile stays so.
                if release.status != .superseded { try await write(release, keeping: limit) }
            }
        }
    }

    /// Only the first part's status counts.
    private func writeStatus(of release: Release) async throws {
        try await api(release.service).merge(
            .secret, namespace: release.service.namespace,
            name: Self.name(of: release.service.name.value, release.revision, part: 0),
            ["metadata": ["labels": [RecordMetadata.statusLabel: .string(release.status.rawValue)]]])
    }

    private func write(_ release: Release, keeping limit: Int) async throws {
        // The status stands in a label, so that a new one changes no part: a save that is cut off between two parts
        // leaves a release that can be read.
        var stored = release
        stored.status = .pending
        let plain = JSONEmitter.bytes(of: stored.document)
        let packed = Deflated.bytes(of: plain)
        let parts = stride(from: 0, to: max(packed.count, 1), by: partSize).map {
            Array(packed[$0..<min($0 + partSize, packed.count)])
        }
        // The first part names how many there are: written last, it makes the others count.
        for (index, part) in parts.enumerated().reversed() {
            _ = try await api(release.service).apply(
                .secret, Self.object(release, part, index: index, of: parts.count, size: plain.count),
                .init(takesOwnership: true))
        }
        try await removeOld(after: release, keeping: limit)
    }

    func removeAll(of service: ServiceIdentity) async throws {
        try await told(service) {
            // The newest release goes last: whoever is interrupted finds the service, and does the rest.
            try await InventoryStore(api: api(service)).remove(service)
            let objects = try await listed(service)
            for object in objects.sorted(by: { Self.revision($0) ?? 0 < Self.revision($1) ?? 0 }) {
                try await remove(object, of: service)
            }
        }
    }

    func services() async throws -> [ServiceIdentity] { try await services(in: nil) }

    /// Without rights to the records, all that are missing for them are told.
    func told<Value>(_ service: ServiceIdentity, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await ServerRefusal.told(work)
        } catch let problem as Diagnostic where problem.code == .forbidden {
            throw try await RightsCheck(cluster: cluster, namespace: service.namespace).problems([]).first ?? problem
        }
    }

    // MARK: Old ones

    /// When a release has become what it is to be; before that the one to go back to may be an old one.
    private func removeOld(after release: Release, keeping limit: Int) async throws {
        let service = release.service
        guard [.deployed, .destroyed].contains(release.status),
            release.revision > max(limit, 1)
                || release.status == .destroyed
        else { return }
        let objects = try await listed(service)
        let revisions = Set(objects.compactMap(Self.revision)).sorted()
        let old = Set(revisions.dropLast(max(limit, 1)))
        for object in objects where Self.revision(object).map(old.contains) == true {
            try await remove(object, of: service)
        }
    }

    private func listed(_ service: ServiceIdentity) async throws -> [Node] {
        try await cluster.api.listMetadata(
            Selection(
                .secret, namespace: service.namespace,
                labels: "\(Self.selector),\(RecordMetadata.serviceLabel)=\(service.name)"))
    }

    private func remove(_ object: Node, of service: ServiceIdentity) async throws {
        _ = try await api(service).delete(
            .secret, namespace: service.namespace, name: object.objectName, uid: object.objectUID)
    }

    // MARK: Parts

    private static func object(_ release: Release, _ part: [UInt8], index: Int, of count: Int, size: Int) -> Node {
        let scale = index == 0 ? release.scaleOverride : nil
        var annotations: [(String, String)] = []
        if index == 0 { annotations.append((RecordMetadata.digestAnnotation, release.digest)) }
        if let scale { annotations.append((RecordMetadata.scaleAnnotation, JSONEmitter.emit(scale.document))) }
        return [
            "apiVersion": "v1", "kind": "Secret", "type": .string(type),
            "metadata": RecordMetadata.of(
                release.service, name: name(of: release.service.name.value, release.revision, part: index),
                labels: [
                    (RecordMetadata.recordLabel, record),
                    (RecordMetadata.revisionLabel, "\(release.revision)"),
                    (RecordMetadata.statusLabel, release.status.rawValue),
                ] + (scale == nil ? [] : [(RecordMetadata.scaledLabel, "true")]),
                annotations: annotations),
            "data": [
                "part": encoded("\(index)".utf8), "parts": encoded("\(count)".utf8), "size": encoded("\(size)".utf8),
                "release": encoded(part),
            ],
        ]
    }

    static func name(of service: String, _ revision: Int, part: Int) -> String {
        "synthdata-release.\(service).v\(revision)\(part == 0 ? "" : ".\(part)")"
    }

    private static func encoded(_ bytes: some Collection<UInt8>) -> Node {
        .string(Data(bytes).base64EncodedString())
    }

    private static func revision(_ object: Node) -> Int? {
        object.value("metadata", "labels", RecordMetadata.revisionLabel)?.string.flatMap { Int($0) }
    }

    static func release(_ parts: [StoredPart]) -> Release? {
        guard let first = parts.first(where: { $0.index == 0 }) else { return nil }
        var packed: [UInt8] = []
        for index in 0..<first.count {
            guard let part = parts.first(where: { $0.index == index }) else { return nil }
            packed += part.bytes
        }
        let source = SourceFile("release \(first.revision)")
        guard let plain = Deflated.plain(packed, size: first.size),
            let document = try? JSONParser.parse(plain, file: source)
        else { return nil }
        var release = try? Release(document: document)
        release?.status = first.status
        release?.record = first.uid
        return release
    }

    private static func unreadable(_ service: ServiceIdentity, _ revision: Int) -> Diagnostic {
        Diagnostic(
            .warning, .unreadableRelease, "revision \(revision) of `\(service.name)` cannot be read",
            why:
                "a part of Secret \(service.namespace)/synthdata-release.\(service.name).v\(revision) is missing or damaged",
            fix: "go on without it: what runs is not touched, but this release cannot be gone back to")
    }
}

extension Diagnostic.Code {
    static let unreadableRelease = Self("kubernetes.unreadable-release", .failed)
}
