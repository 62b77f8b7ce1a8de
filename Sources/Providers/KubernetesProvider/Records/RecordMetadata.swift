import Documents
import ServiceModel

/// The metadata of the objects in which the tool keeps its own records of a service.
enum RecordMetadata {
    static let serviceLabel = "synthdata.io/service"
    static let revisionLabel = "synthdata.io/revision"
    static let statusLabel = "synthdata.io/status"
    static let recordLabel = "synthdata.io/record"
    /// On the release of a service that `scale` changed, so that a status finds it without reading any other.
    static let scaledLabel = "synthdata.io/scaled"
    /// What the release wants, so that one that wants the same is known without being read.
    static let digestAnnotation = "synthdata.io/digest"
    /// What `scale` set, as JSON.
    static let scaleAnnotation = "synthdata.io/scale-override"

    static func of(
        _ service: ServiceIdentity, name: String, labels: [(String, String)] = [],
        annotations: [(String, String)] = []
    ) -> Node {
        var all = Mapping()
        all["app.kubernetes.io/managed-by"] = "synthdata-infra"
        all[serviceLabel] = .string(service.name.value)
        for (key, value) in labels { all[key] = .string(value) }
        var metadata = Mapping()
        metadata["name"] = .string(name)
        metadata["namespace"] = .string(service.namespace)
        metadata["labels"] = .mapping(all)
        if !annotations.isEmpty {
            metadata["annotations"] = .mapping(
                Mapping(uniqueEntries: annotations.map { Mapping.Entry($0.0, .string($0.1)) }))
        }
        return .mapping(metadata)
    }
}
