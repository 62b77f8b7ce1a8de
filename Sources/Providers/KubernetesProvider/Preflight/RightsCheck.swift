import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Asks the server whether this user may do what the plan does.
///
/// One review tells all rules that hold in a namespace, and not which of them hold beyond it. Rights on kinds of the
/// whole cluster are asked for one by one; where the server says that the rules are not all, so is each right that they
/// do not give.
/// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
struct RightsCheck: Sendable {
    let cluster: Cluster
    let namespace: String

    /// One problem with all that is missing, or none.
    func problems(_ changes: [Change], _ objects: [DesiredObject] = []) async throws -> [Diagnostic] {
        let needed = try await needed(changes, objects)
        guard let rules = try await Preflight.looking({ try await rules() }) else { return [] }
        let unproven = needed.filter { right in !rules.allowed.contains { $0.grants(right) } }
        let answers = try await cluster.concurrently(unproven) { right in
            let isOpen = rules.areIncomplete || !right.isNamespaced
            return (right: right, isMissing: isOpen ? try await !isAllowed(right) : true)
        }
        let missing = answers.filter(\.isMissing).map(\.right)
        guard !missing.isEmpty else { return [] }
        return [
            Diagnostic(
                .error, .forbidden, "you lack rights in the namespace `\(namespace)`",
                why: "missing: \(Self.words(missing))",
                fix: "have these rules added to your Role there; `render --rights` prints a whole one:\n"
                    + Self.rules(missing))
        ]
    }

    /// Lock, history, inventory, and what happens to pods.
    private static let records: Set<AccessRight> = Set(
        ["get", "create", "update", "delete"].map { AccessRight($0, "leases", group: "coordination.k8s.io") }
            + ["list", "patch", "create", "delete"].map { AccessRight($0, "secrets") }
            + ["get", "patch", "create"].map { AccessRight($0, "configmaps") }
            + ["list", "watch"].flatMap { verb in
                [
                    AccessRight(verb, "pods"), AccessRight(verb, "events"),
                    AccessRight(verb, "deployments", group: "apps"), AccessRight(verb, "replicasets", group: "apps"),
                ]
            })

    /// What the plan does, and what keeping its records needs.
    private func needed(_ changes: [Change], _ objects: [DesiredObject]) async throws -> [AccessRight] {
        var rights = Self.records
        for object in objects where object.identity.kind == "Role" {
            rights.formUnion(AccessRight.given(by: object.manifest))
        }
        for change in changes {
            // A right is on a kind, whichever version of it the server has.
            guard let type = try await cluster.type(of: change.resource) else { continue }
            for verb in Self.verbs(of: change.action) {
                rights.insert(
                    AccessRight(verb, type.plural, group: type.group, isNamespaced: type.isNamespaced))
            }
        }
        return rights.sorted()
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

        /// A rule of a Role, which cannot be told from one of a ClusterRole, says nothing of kinds of the whole cluster.
        func grants(_ right: AccessRight) -> Bool {
            right.isNamespaced && isForAllNames && Self.has(verbs, right.verb) && Self.has(groups, right.group)
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
                verbs: AccessRight.words(rule["verbs"]), groups: AccessRight.words(rule["apiGroups"]),
                resources: AccessRight.words(rule["resources"]),
                isForAllNames: AccessRight.words(rule["resourceNames"]).isEmpty)
        }
        return (rules, review.value("status", "incomplete")?.bool == true)
    }

    private func isAllowed(_ right: AccessRight) async throws -> Bool {
        var attributes = Mapping()
        attributes["verb"] = .string(right.verb)
        attributes["group"] = .string(right.group)
        attributes["resource"] = .string(right.resource)
        // What is asked of a namespace itself is asked within it: a Role in it may give that, too.
        if right.isNamespaced || right.resource == ResourceType.namespace.plural {
            attributes["namespace"] = .string(namespace)
        }
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
    private static func words(_ rights: [AccessRight]) -> String {
        grouped(rights).map { "\($0.name): \($0.verbs.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private static func grouped(_ rights: [AccessRight]) -> [(name: String, right: AccessRight, verbs: [String])] {
        var groups: [(name: String, right: AccessRight, verbs: [String])] = []
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

    /// The rules of the smallest role that grants them, to be pasted as they are; kinds of the whole cluster need a
    /// ClusterRole.
    private static func rules(_ rights: [AccessRight]) -> String {
        var rules: [(right: AccessRight, resources: [String], verbs: [String])] = []
        for group in grouped(rights) {
            let index = rules.firstIndex {
                $0.right.group == group.right.group && $0.verbs == group.verbs
                    && $0.right.isNamespaced == group.right.isNamespaced
            }
            if let index {
                rules[index].resources.append(group.right.resource)
            } else {
                rules.append((group.right, [group.right.resource], group.verbs))
            }
        }
        return rules.map { rule in
            "- apiGroups: [\"\(rule.right.group)\"]\(rule.right.isNamespaced ? "" : "  # in a ClusterRole")\n"
                + "  resources: [\(rule.resources.joined(separator: ", "))]\n"
                + "  verbs: [\(rule.verbs.joined(separator: ", "))]"
        }.joined(separator: "\n")
    }
}
