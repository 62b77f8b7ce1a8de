import Documents
import KubernetesClient
import ServiceModel

/// Which record of a release it is, and what its labels say of it.
struct ReleaseMark: Sendable {
    let revision: Int
    let status: Release.Status
    let record: String?
    /// Nil for one of a tool that did not record it.
    let digest: String?

    /// Whether it is of this release, which has not changed since.
    func isOf(_ release: Release) -> Bool {
        revision == release.revision && status == release.status && record == release.record
    }

    /// The release, where it is known to want what `desired` does; nil where it has to be read.
    func release(wanting desired: Release) -> Release? {
        guard status == .deployed, digest == desired.digest else { return nil }
        var release = desired
        release.revision = revision
        release.status = status
        release.record = record
        return release
    }
}

/// The releases that no later one has superseded: what they are is in their metadata, so that nothing else is sent.
extension SecretReleaseStore {
    private static let currentOnes = "\(RecordMetadata.recordLabel)=\(record),\(RecordMetadata.statusLabel)!=superseded"

    func current(of service: ServiceIdentity) async throws -> [Release] {
        try await told(service) {
            try await assembled(try await parts(in: service.namespace, of: service), of: service)
        }
    }

    func current(for desired: Release) async throws -> [Release] {
        if let look, look.isUnplanned(desired.service), let releases = try await look.releases(for: desired) {
            return releases
        }
        return try await current(of: desired.service)
    }

    func stand(_ known: [Release], of service: ServiceIdentity) async throws -> Bool {
        let marks = try await told(service) { () -> [ReleaseMark] in
            if let look { return try await look.marks(of: service) }
            return try await labelled(in: service.namespace, of: service).compactMap(Self.mark)
        }
        return marks.count == known.count && known.allSatisfy { release in marks.contains { $0.isOf(release) } }
    }

    func allParts(in namespace: String) async throws -> [String: [StoredPart]] {
        Dictionary(grouping: try await parts(in: namespace, of: nil), by: \.service)
    }

    func allMarks(
        in namespace: String, answered: @Sendable () -> Void = {}
    ) async throws -> [String: [ReleaseMark]] {
        try await labelled(in: namespace, of: nil, answered).reduce(into: [:]) { all, object in
            let service = object.value("metadata", "labels", RecordMetadata.serviceLabel)?.string
            if let service, let mark = Self.mark(object) { all[service, default: []].append(mark) }
        }
    }

    private func labelled(
        in namespace: String, of service: ServiceIdentity?, _ answered: @Sendable () -> Void = {}
    ) async throws -> [Node] {
        try await cluster.api.listMetadata(Self.selection(namespace, service), answered: answered)
    }

    private func parts(in namespace: String, of service: ServiceIdentity?) async throws -> [StoredPart] {
        try await cluster.api.list(Self.selection(namespace, service), withFieldSets: false) { StoredPart($0) }.items
    }

    private static func selection(_ namespace: String, _ service: ServiceIdentity?) -> Selection {
        let own = service.map { ",\(RecordMetadata.serviceLabel)=\($0.name)" } ?? ""
        return Selection(.secret, namespace: namespace, labels: currentOnes + own)
    }

    /// Nil for what is not a release's first part, whose status does not count.
    private static func mark(_ object: Node) -> ReleaseMark? {
        guard let labels = object.value("metadata", "labels"),
            let service = labels[RecordMetadata.serviceLabel]?.string,
            let revision = labels[RecordMetadata.revisionLabel]?.string.flatMap({ Int($0) }),
            let status = labels[RecordMetadata.statusLabel]?.string.flatMap(Release.Status.init(rawValue:)),
            object.objectName == name(of: service, revision, part: 0)
        else { return nil }
        return ReleaseMark(
            revision: revision, status: status, record: object.objectUID,
            digest: object.value("metadata", "annotations", RecordMetadata.digestAnnotation)?.string)
    }

    /// Oldest first. Where a part is missing among those that are current, all are looked through.
    func assembled(_ parts: [StoredPart], of service: ServiceIdentity) async throws -> [Release] {
        var releases: [Release] = []
        for (_, parts) in Dictionary(grouping: parts, by: \.revision).sorted(by: { $0.key < $1.key })
        where parts.contains(where: { $0.index == 0 }) {
            guard let release = Self.release(parts) else {
                return try await self.releases(of: service).filter { $0.status != .superseded }
            }
            releases.append(release)
        }
        return releases
    }
}
