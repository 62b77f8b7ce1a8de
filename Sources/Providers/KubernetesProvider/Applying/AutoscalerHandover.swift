import Documents
import KubernetesClient
import ServiceModel

/// Leaves a workload's number of replicas to its autoscaler without changing it.
///
/// Who applies an object without a field that was theirs alone deletes the field: a service of ten replicas would fall
/// to one at the moment that it gets an autoscaler. A manager of its own keeps the number until the autoscaler
/// changes it, as Kubernetes advises:
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
enum AutoscalerHandover {
    static let manager = "synthdata-infra-autoscaler"
    static let path = NodePath(keys: ["spec", "replicas"])

    /// Whether the field is one that the object leaves to an autoscaler.
    static func covers(_ path: NodePath, of object: DesiredObject) -> Bool {
        object.identity.kind == "Deployment" && path == Self.path && object.manifest[path] == nil
    }

    /// What keeps the number; nil where nothing has to.
    static func manifest(_ live: Node, _ object: DesiredObject) -> Node? {
        guard let replicas = live[path], ownsReplicas(live) else { return nil }
        return [
            "apiVersion": .string(object.type.apiVersion), "kind": .string(object.type.kind),
            "metadata": [
                "name": .string(object.identity.name), "namespace": .string(object.identity.namespace ?? ""),
            ],
            "spec": ["replicas": replicas],
        ]
    }

    private static func ownsReplicas(_ live: Node) -> Bool {
        (live.value("metadata", "managedFields")?.sequence ?? []).contains { entry in
            entry["manager"]?.string == KubernetesAPI.fieldManager
                && entry.value("fieldsV1", "f:spec", "f:replicas") != nil
        }
    }
}
