import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// What belongs to a service, and what only happens to have the name.
enum Ownership {
    private static let manager = "app.kubernetes.io/managed-by"
    private static let instance = "app.kubernetes.io/instance"

    /// Kinds that services share: they are made where they are missing and stay when a service goes.
    private static let shared: Set<String> = ["Namespace"]

    /// Whether a live object is the listed one. Without a UID it was listed before it was made, and the deployment
    /// ended in between: then it is ours if this tool has applied it, and not if somebody else was faster.
    static func isOurs(_ live: Node, _ item: Inventory.Item) -> Bool {
        if let uid = item.uid { return live.objectUID == uid }
        return (live.value("metadata", "managedFields")?.sequence ?? []).contains { entry in
            entry["manager"]?.string == KubernetesAPI.fieldManager && entry["operation"]?.string == "Apply"
        }
    }

    static func mayDelete(_ identity: Resource.Identity) -> Bool { !shared.contains(identity.kind) }

    /// - Throws: ``Diagnostic`` when the object was made by somebody else, or for another service.
    static func check(_ live: Node, _ object: DesiredObject, _ inventory: Inventory) throws(Diagnostic) {
        let identity = object.identity
        if shared.contains(identity.kind) { return }
        if let item = inventory.item(identity), isOurs(live, item) { return }
        let labels = live.value("metadata", "labels")
        let wanted = object.manifest.value("metadata", "labels", instance)?.string
        if labels?[manager]?.string == "synthdata-infra", labels?[instance]?.string == wanted { return }
        let owner = labels?[manager]?.string.map { "`\($0)` manages it" } ?? "it was made by somebody else"
        throw Diagnostic(
            .error, .notOurs, "\(identity) is there already, and is not this service's",
            at: object.manifest.value("metadata", "name")?.location ?? object.manifest.location, why: owner,
            fix: "choose another name or namespace; or, to hand it over, label it \(manager)=synthdata-infra and"
                + " \(instance)=\(wanted ?? identity.name)")
    }
}

extension Diagnostic.Code {
    static let notOurs = Self("kubernetes.not-ours", .failed)
}
