import Cryptography
package import Diagnostics
package import Documents
package import ServiceModel

/// A plan that was looked at, to be applied as it was or not at all: `apiVersion: synthdata.io/v2`,
/// `kind: SavedPlan`.
///
/// It is for the place that it was made at: the cluster of a cloud, in one account, and the cluster's UID where that
/// could be looked at. It holds the release as it was rendered, so that applying it reads no configuration, and a
/// fingerprint of the changes. It holds no value of a Secret, and the plain values of environment variables: files of it are private.
package struct SavedPlan: Sendable {
    private static let apiVersion = "synthdata.io/v2"
    /// Of plans that do not say where they were made.
    private static let placelessVersion = "synthdata.io/v1"
    private static let kind = "SavedPlan"

    /// In the account that was found, where it is for a cloud.
    package let release: Release
    package let replicasAreExplicit: Bool
    /// The UID of the cluster that the plan was made for; nil where there was none to be seen.
    let clusterUID: String?
    let fingerprint: String
    /// Of the hashes that stand for secrets in the fingerprint.
    let key: SecretHashKey

    /// - Parameter release: as it was planned, with the place that was reached.
    package init(_ plan: Plan, release: Release, replicasAreExplicit: Bool, clusterUID: String? = nil) {
        self.release = release
        self.clusterUID = clusterUID
        self.replicasAreExplicit = replicasAreExplicit
        fingerprint = Self.fingerprint(plan)
        key = SecretRedaction.key
    }

    /// Whether a plan made now would do the same.
    func holds(_ plan: Plan) -> Bool { Self.fingerprint(plan) == fingerprint }

    /// Of everything that a plan does: objects, actions, and fields with their old and new values.
    private static func fingerprint(_ plan: Plan) -> String {
        let changes = plan.changes.filter { $0.action != .unchanged }.map { change -> Node in
            [
                "resource": .string("\(change.resource.apiVersion) \(change.resource)"),
                "action": .string(change.action.rawValue), "effect": .string("\(change.effect)"),
                "fields": .sequence(
                    change.fields.map { field in
                        [
                            "path": .string("\(field.path)"), "old": field.old ?? .null, "new": field.new ?? .null,
                            "isNew": .bool(field.old == nil), "isGone": .bool(field.new == nil),
                        ]
                    }),
            ]
        }
        let document: Node = ["baseRevision": .integer(plan.baseRevision), "changes": .sequence(changes)]
        return SHA256Digest.hexadecimal(of: JSONEmitter.bytes(of: document, .init(sortedKeys: true)))
    }
}

extension SavedPlan {
    /// One document for the plans of a fleet.
    package static func document(_ plans: [SavedPlan]) -> Node {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind),
            "items": .sequence(
                plans.map { plan in
                    var item = Mapping()
                    item["fingerprint"] = .string(plan.fingerprint)
                    item["hashKey"] = .string(plan.key.hexadecimal)
                    item["replicasAreExplicit"] = .bool(plan.replicasAreExplicit)
                    item["place"] = plan.release.place?.document
                    item["clusterUID"] = plan.clusterUID.map { .string($0) }
                    item["release"] = plan.release.document
                    return .mapping(item)
                }),
        ]
    }

    /// Reads what ``document(_:)`` gives.
    ///
    /// - Throws: ``Diagnostic`` with `plan.malformed` for anything else.
    package static func plans(in document: Node) throws(Diagnostic) -> [SavedPlan] {
        if document["apiVersion"]?.string == placelessVersion, document["kind"]?.string == kind {
            throw malformed(document, why: "an earlier version saved it, and it does not say for which cluster")
        }
        guard document["apiVersion"]?.string == apiVersion, document["kind"]?.string == kind,
            let items = document["items"]?.sequence
        else { throw malformed(document) }
        var plans: [SavedPlan] = []
        for item in items {
            guard let fingerprint = item["fingerprint"]?.string, let release = item["release"],
                let replicasAreExplicit = item["replicasAreExplicit"]?.bool,
                let key = item["hashKey"]?.string.flatMap(SecretHashKey.init(hexadecimal:))
            else { throw malformed(item) }
            var planned = try Release(document: release)
            planned.place = item["place"].flatMap { CloudPlace(planned.provider, document: $0) }
            if planned.provider.isCloud, planned.place == nil { throw malformed(item) }
            plans.append(
                SavedPlan(
                    release: planned, replicasAreExplicit: replicasAreExplicit,
                    clusterUID: item["clusterUID"]?.string, fingerprint: fingerprint, key: key))
        }
        return plans
    }

    private init(
        release: Release, replicasAreExplicit: Bool, clusterUID: String?, fingerprint: String, key: SecretHashKey
    ) {
        self.release = release
        self.clusterUID = clusterUID
        self.replicasAreExplicit = replicasAreExplicit
        self.fingerprint = fingerprint
        self.key = key
    }

    private static func malformed(_ node: Node, why: String? = nil) -> Diagnostic {
        Diagnostic(
            .error, .malformedPlan, "this is not a saved plan", at: node.location, why: why,
            fix: "`synthdata-infra diff --save FILE` writes one")
    }
}

extension Diagnostic.Code {
    package static let malformedPlan = Self("plan.malformed")
    /// What is there has changed since the plan was made.
    package static let stalePlan = Self("plan.stale", .failed)
    /// It was made for another cluster than the one that is reached.
    package static let planOfOtherCluster = Self("plan.other-cluster", .failed)
    /// A change does more than was allowed.
    package static let effectNotAllowed = Self("plan.effect", .failed)
}
