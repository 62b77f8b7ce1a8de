import Diagnostics
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

    /// Whether a change is none, since the autoscaler's number is kept. 0 is not one of an autoscaler: it switches
    /// itself off there.
    static func hides(_ change: FieldChange, of object: DesiredObject) -> Bool {
        covers(change.path, of: object) && change.old?.integer != 0
    }

    /// The changes with the number that a Deployment of 0 replicas is handed over with.
    static func telling(_ changes: [Change], among objects: [DesiredObject]) -> [Change] {
        changes.map { change in
            guard let object = objects.first(where: { $0.identity == change.resource }), covers(path, of: object),
                let index = change.fields.firstIndex(where: { $0.path == path })
            else { return change }
            var fields = change.fields
            let minimum = Node.integer(
                minimum(for: object, among: objects), at: fields[index].new?.location ?? .unknown)
            fields[index] = FieldChange(path: path, old: fields[index].old, new: minimum)
            return Change(
                resource: change.resource, action: change.action, effect: change.effect, fields: fields,
                reason: change.reason)
        }
    }

    /// The least number that the workload's autoscaler keeps; 1 where that is not said.
    private static func minimum(for object: DesiredObject, among objects: [DesiredObject]) -> Int {
        AutoscalerBounds(of: object, among: objects)?.minimum ?? 1
    }

    /// Whether a number is taken from where it was kept for an autoscaler: from the manager of its own, and to switch
    /// the autoscaler off, from the controller that acts for it.
    static func mayTakeBack(_ path: NodePath, of object: DesiredObject, from conflict: String) -> Bool {
        guard object.identity.kind == "Deployment", path == Self.path else { return false }
        return conflict.contains("\"\(manager)\"")
            || (object.manifest[path]?.integer == 0 && conflict.contains("\"kube-controller-manager\""))
    }

    /// What keeps the number; nil where nothing has to.
    static func manifest(_ live: Node, _ object: DesiredObject, among objects: [DesiredObject]) -> Node? {
        guard let number = live[path], ownsReplicas(live) else { return nil }
        let replicas = number.integer == 0 ? Node.integer(minimum(for: object, among: objects)) : number
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
