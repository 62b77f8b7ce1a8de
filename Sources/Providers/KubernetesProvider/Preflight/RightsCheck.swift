import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Asks the server whether this user may do what the plan does.
///
/// One review tells all rules of a namespace; where the server says that they are not all, each right is asked for.
/// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
struct RightsCheck: Sendable {
    /// One verb on one kind.
    struct Right: Sendable, Hashable {
        let verb: String
        let group: String
        let resource: String
        let isNamespaced: Bool
    }

    let cluster: Cluster
    let namespace: String

    /// One problem with all that is missing, or none.
    func problems(_ changes: [Change]) async throws -> [Diagnostic] {
        let needed = try await needed(changes)
        guard let rules = try await Preflight.looking({ try await rules() }) else { return [] }
        var missing = needed.filter { right in !rules.allowed.contains { $0.grants(right) } }
        if rules.areIncomplete {
            let answers = try await cluster.concurrently(missing) { (right: $0, isAllowed: try await isAllowed($0)) }
            missing = answers.filter { !$0.isAllowed }.map(\.right)
        }
        guard !missing.isEmpty else { return [] }
        return [
            Diagnostic(
                .error, .forbidden, "you lack rights in the namespace `\(namespace)`",
                why: Self.words(missing), fix: "have these rules added to your Role there:\n\(Self.rules(missing))")
        ]
    }

    /// What the plan does, and what keeping its records needs.
    private func needed(_ changes: [Change]) async throws -> [Right] {
        var rights: Set<Right> = [
            Right(verb: "get", group: "coordination.k8s.io", resource: "leases", isNamespaced: true),
            Right(verb: "create", group: "coordination.k8s.io", resource: "leases", isNamespaced: true),
            Right(verb: "update", group: "coordination.k8s.io", resource: "leases", isNamespaced: true),
            Right(verb: "delete", group: "coordination.k8s.io", resource: "leases", isNamespaced: true),
            Right(verb: "list", group: "", resource: "secrets", isNamespaced: true),
            Right(verb: "patch", group: "", resource: "secrets", isNamespaced: true),
            Right(verb: "create", group: "", resource: "secrets", isNamespaced: true),
            Right(verb: "delete", group: "", resource: "secrets", isNamespaced: true),
            Right(verb: "get", group: "", resource: "configmaps", isNamespaced: true),
            Right(verb: "patch", group: "", resource: "configmaps", isNamespaced: true),
            Right(verb: "create", group: "", resource: "configmaps", isNamespaced: true),
            Right(verb: "list", group: "", resource: "pods", isNamespaced: true),
            Right(verb: "watch", group: "", resource: "pods", isNamespaced: true),
            Right(verb: "list", group: "", resource: "events", isNamespaced: true),
            Right(verb: "watch", group: "", resource: "events", isNamespaced: true),
            Right(verb: "list", group: "apps", resource: "deployments", isNamespaced: true),
            Right(verb: "watch", group: "apps", resource: "deployments", isNamespaced: true),
            Right(verb: "list", group: "apps", resource: "replicasets", isNamespaced: true),
            Right(verb: "watch", group: "apps", resource: "replicasets", isNamespaced: true),
        ]
        let types = try await cluster.discovery.types()
        for change in changes {
            let identity = change.resource
            guard let type = types.type(apiVersion: identity.apiVersion, kind: identity.kind) else { continue }
            for verb in Self.verbs(of: change.action) {
                rights.insert(
                    Right(verb: verb, group: type.group, resource: type.plural, isNamespaced: type.isNamespaced))
            }
        }
        return rights.sorted { ($0.group, $0.resource, $0.verb) < ($1.group, $1.resource, $1.verb) }
    }

    /// An apply of an object that is not there needs `create` besides `patch`.
    private static func verbs(of action: Change.Action) -> [String] {
        switch action {
        case .create: ["get", "patch", "create"]
        case .update: ["get", "patch"]
        case .replace: ["get", "patch", "create", "delete"]
        case .delete: ["get", "delete"]
        case .unchanged: []
        }
    }

    // MARK: Asking

    private struct Rule: Sendable {
        let verbs: [String]
        let groups: [String]
        let resources: [String]
        let isForAllNames: Bool

        func grants(_ right: Right) -> Bool {
            isForAllNames && Self.has(verbs, right.verb) && Self.has(groups, right.group)
                && Self.has(resources, right.resource)
        }

        private static func has(_ list: [String], _ word: String) -> Bool { list.contains("*") || list.contains(word) }
    }

    private func rules() async throws -> (allowed: [Rule], areIncomplete: Bool) {
        let review = try await cluster.api.review(
            "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
                "spec": ["namespace": .string(namespace)],
            ])
        let rules = (review.value("status", "resourceRules")?.sequence ?? []).map { rule in
            Rule(
                verbs: Self.words(rule["verbs"]), groups: Self.words(rule["apiGroups"]),
                resources: Self.words(rule["resources"]), isForAllNames: Self.words(rule["resourceNames"]).isEmpty)
        }
        return (rules, review.value("status", "incomplete")?.bool == true)
    }

    private static func words(_ list: Node?) -> [String] { (list?.sequence ?? []).compactMap(\.string) }

    private func isAllowed(_ right: Right) async throws -> Bool {
        var attributes = Mapping()
        attributes["verb"] = .string(right.verb)
        attributes["group"] = .string(right.group)
        attributes["resource"] = .string(right.resource)
        if right.isNamespaced { attributes["namespace"] = .string(namespace) }
        let review = try await cluster.api.review(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": ["resourceAttributes": .mapping(attributes)],
            ])
        return review.value("status", "allowed")?.bool == true
    }

    // MARK: Telling

    /// `deployments.apps: create, patch; secrets: list`
    private static func words(_ rights: [Right]) -> String {
        grouped(rights).map { "\($0.name): \($0.verbs.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private static func grouped(_ rights: [Right]) -> [(name: String, right: Right, verbs: [String])] {
        var groups: [(name: String, right: Right, verbs: [String])] = []
        for right in rights {
            let name = right.group.isEmpty ? right.resource : "\(right.resource).\(right.group)"
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].verbs.append(right.verb)
            } else {
                groups.append((name, right, [right.verb]))
            }
        }
        return groups
    }

    /// The rules of the smallest role that grants them, a line each; kinds of the whole cluster need a ClusterRole.
    private static func rules(_ rights: [Right]) -> String {
        grouped(rights).map { group in
            "- {apiGroups: [\"\(group.right.group)\"], resources: [\(group.right.resource)],"
                + " verbs: [\(group.verbs.joined(separator: ", "))]}"
                + (group.right.isNamespaced ? "" : "  # in a ClusterRole")
        }.joined(separator: "\n")
    }
}
