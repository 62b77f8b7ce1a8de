import Diagnostics
import Documents
import ServiceModel

/// Whose a resource is, by its tags: what has others is never touched.
enum ResourceOwnership {
    private static let manager = "synthdata.io/managed-by"
    private static let service = "synthdata.io/service"
    private static let cluster = "synthdata.io/cluster"

    /// - Parameter isRecorded: whether a release was about to make it: then one without any tags is what a deployment
    ///   has left that was cut off before it could tag it.
    static func isOurs(_ live: LiveResource, _ resource: Resource, isRecorded: Bool = false) -> Bool {
        if isRecorded, live.tags.isEmpty { return true }
        let tags = resource.manifest.value("spec", "tags")
        return [manager, service, cluster].allSatisfy { key in
            tags?[key] == nil || live.tags[key] == tags?[key]?.string
        } && live.tags[manager] != nil
    }

    /// - Throws: ``Diagnostic`` at the line that wants the resource.
    static func check(
        _ live: LiveResource, _ resource: Resource, isRecorded: Bool = false
    ) throws(Diagnostic) {
        guard !isOurs(live, resource, isRecorded: isRecorded) else { return }
        let whose = live.tags[service].map { "it is of the service `\($0)`" } ?? "it has no tags of this tool"
        throw Diagnostic(
            .error, .foreign, "\(resource.identity.kind) `\(live.id)` belongs to somebody else",
            at: resource.manifest.value("spec", "name")?.location ?? resource.manifest.location, why: whose,
            fix: "give this one another name, or tag it `\(manager)=synthdata-infra` and"
                + " `\(service)=\(resource.identity.namespace ?? "")/\(resource.identity.name)`")
    }
}

extension Diagnostic.Code {
    static let foreign = Self("aws.not-ours", .failed)
}
