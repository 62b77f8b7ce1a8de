import Documents
import ServiceModel

/// The metadata of the objects in which the tool keeps its own records of a service.
enum RecordMetadata {
    static let serviceLabel = "synthdata.io/service"
    static let revisionLabel = "synthdata.io/revision"
    static let statusLabel = "synthdata.io/status"
    static let recordLabel = "synthdata.io/record"

    static func of(_ service: ServiceIdentity, name: String, labels: [(String, String)] = []) -> Node {
        var all = Mapping()
        all["app.kubernetes.io/managed-by"] = "synthdata-infra"
        all[serviceLabel] = .string(service.name.value)
        for (key, value) in labels { all[key] = .string(value) }
        return ["name": .string(name), "namespace": .string(service.namespace), "labels": .mapping(all)]
    }
}
