import Diagnostics
import Documents
import ServiceModel

/// Nothing is made at AWS that has no name, or one that says nothing of where it belongs: nobody would find it again.
enum NameCheck {
    /// - Throws: ``DiagnosticReport`` of each resource whose name is not known.
    static func check(_ wanted: [Resource]) throws(DiagnosticReport) {
        var problems = DiagnosticCollector()
        for resource in wanted where !isNamed(resource) {
            problems.report(
                Diagnostic(
                    .error, .nameless, "\(resource.identity) has no name at AWS", at: RefusedPlace.origin(of: resource),
                    why:
                        "names follow from the region and the cluster, and one of them was not known when it was rendered",
                    fix: "set `providers.aws.region` and `providers.aws.cluster`"))
        }
        try problems.throwIfErrors()
    }

    private static func isNamed(_ resource: Resource) -> Bool {
        let spec = resource.manifest["spec"] ?? .null
        let keys: [String]
        switch resource.identity.cloudKind {
        case .bucket: keys = ["name", "place"]
        case .role, .nodeRole: keys = ["roleName"]
        case .logGroup: keys = ["logGroupName"]
        case .nodeGroup, .distribution: keys = ["name"]
        case .podIdentityAssociation: return [spec["serviceAccount"], spec["roleName"]].allSatisfy(isName)
        case nil: return true
        }
        return keys.contains { isName(spec[$0]) }
    }

    private static func isName(_ value: Node?) -> Bool { value?.string?.isEmpty == false }
}

extension Diagnostic.Code {
    static let nameless = Self("aws.nameless")
}
