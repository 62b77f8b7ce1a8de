import Diagnostics
import Documents
import ServiceModel

/// Whose a resource is, by its tags: what has others is never touched.
enum ResourceOwnership {
    private static let manager = "synthdata.io/managed-by"
    private static let service = "synthdata.io/service"
    private static let cluster = "synthdata.io/cluster"
    private static let region = "synthdata.io/region"

    /// - Parameter isUnfinished: whether a release that was about to make it has not been deployed: then a bucket
    ///   without any tags is what was left before it could be tagged. All else is tagged by the request that makes it.
    static func isOurs(_ live: LiveResource, _ resource: Resource, isUnfinished: Bool = false) -> Bool {
        if isUnfinished, resource.identity.cloudKind == .bucket, live.tags.isEmpty { return true }
        let tags = resource.manifest.value("spec", "tags")
        return [manager, service, cluster, region].allSatisfy { key in
            tags?[key] == nil || live.tags[key] == tags?[key]?.string
        } && live.tags[manager] != nil
    }

    /// - Throws: ``Diagnostic`` at the line that wants the resource.
    static func check(
        _ live: LiveResource, _ resource: Resource, isUnfinished: Bool = false
    ) throws(Diagnostic) {
        guard !isOurs(live, resource, isUnfinished: isUnfinished) else { return }
        let whose = live.tags[service].map { "it is of the service `\($0)`" } ?? "it has no tags of this tool"
        throw Diagnostic(
            .error, .foreign, "\(resource.identity.kind) `\(live.id)` belongs to somebody else",
            at: RefusedPlace.origin(of: resource), why: whose,
            fix: "give this one another name, or tag the other with \(tags(of: resource))")
    }
}

extension ResourceOwnership {
    private static func tags(of resource: Resource) -> String {
        (resource.manifest.value("spec", "tags")?.mapping?.entries ?? [])
            .map { "`\($0.key)=\($0.value.string ?? "")`" }.joined(separator: ", ")
    }
}

extension Diagnostic.Code {
    static let foreign = Self("aws.not-ours", .failed)
}
