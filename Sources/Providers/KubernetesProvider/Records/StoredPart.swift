import Documents
import FoundationEssentials
import KubernetesClient
import ServiceModel

/// One Secret of a release.
struct StoredPart: Sendable {
    let uid: String?
    let service: String
    let revision: Int
    let status: Release.Status
    let index: Int
    let count: Int
    let size: Int
    let bytes: [UInt8]

    init?(_ object: Node) {
        func decoded(_ key: String) -> Data? {
            object.value("data", key)?.string.flatMap { Data(base64Encoded: $0) }
        }
        func number(_ key: String) -> Int? { decoded(key).flatMap { Int(String(decoding: $0, as: UTF8.self)) } }
        guard
            let revision = object.value("metadata", "labels", RecordMetadata.revisionLabel)?.string.flatMap({ Int($0) }
            ),
            let status = object.value("metadata", "labels", RecordMetadata.statusLabel)?.string
                .flatMap(Release.Status.init(rawValue:)),
            let index = number("part"), let count = number("parts"), let size = number("size"),
            let bytes = decoded("release")
        else { return nil }
        uid = object.objectUID
        service = object.value("metadata", "labels", RecordMetadata.serviceLabel)?.string ?? ""
        self.revision = revision
        self.status = status
        self.index = index
        self.count = count
        self.size = size
        self.bytes = Array(bytes)
    }
}
