import Documents

/// One verb on one kind of object.
struct AccessRight: Sendable, Hashable {
    let verb: String
    let group: String
    /// The plural; `pods/log` of a part.
    let resource: String
    let isNamespaced: Bool

    init(_ verb: String, _ resource: String, group: String = "", isNamespaced: Bool = true) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.isNamespaced = isNamespaced
    }

    /// What whoever makes a Role, or binds it, must be allowed to do as well: nobody can give away more than they have.
    /// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
    static func given(by role: Node) -> [AccessRight] {
        (role["rules"]?.sequence ?? []).flatMap { rule in
            Self.words(rule["apiGroups"]).flatMap { group in
                Self.words(rule["resources"]).flatMap { resource in
                    Self.words(rule["verbs"]).map { AccessRight($0, resource, group: group) }
                }
            }
        }
    }

    static func words(_ list: Node?) -> [String] { (list?.sequence ?? []).compactMap(\.string) }
}

extension AccessRight: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.group, left.resource, left.verb) < (right.group, right.resource, right.verb)
    }
}
