import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// What `scale` has set, of all services at once, from the labels of the releases that run.
struct ScaleRecords: Sendable {
    private static let selector =
        "\(RecordMetadata.recordLabel)=release,\(RecordMetadata.statusLabel)=\(Release.Status.deployed.rawValue)"
        + ",\(RecordMetadata.scaledLabel)"

    let api: KubernetesAPI

    /// - Parameter namespace: nil means all.
    /// - Returns: nothing for whoever may not list releases: a status is useful without it.
    func read(in namespace: String?) async throws -> [ServiceIdentity: ScaleOverride] {
        let selection = Selection(.secret, namespace: namespace, labels: Self.selector)
        let objects: [Node]
        do {
            objects = try await api.listMetadata(selection)
        } catch let status as APIStatus where status.isDenied {
            return [:]
        }
        var found: [ServiceIdentity: ScaleOverride] = [:]
        for object in objects {
            guard let service = RecordMetadata.service(of: object),
                let text = object.value("metadata", "annotations", RecordMetadata.scaleAnnotation)?.string,
                let document = try? JSONParser.parse(text, file: .unknown)
            else { continue }
            found[service] = ScaleOverride(document: document)
        }
        return found
    }
}
