import Documents

/// Everything that a server serves, in the order in which it prefers versions.
package struct ServedTypes: Sendable {
    private let byIdentity: [String: ResourceType]
    package let types: [ResourceType]

    package init(_ types: [ResourceType]) {
        self.types = types
        byIdentity = Dictionary(
            types.map { (Self.key($0.apiVersion, $0.kind), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The kind as that version serves it; nil where it does not.
    package func type(apiVersion: String, kind: String) -> ResourceType? {
        byIdentity[Self.key(apiVersion, kind)]
    }

    /// The versions that serve a kind of a group, the server's choice first.
    package func versions(group: String, kind: String) -> [ResourceType] {
        types.filter { $0.group == group && $0.kind == kind }
    }

    private static func key(_ apiVersion: String, _ kind: String) -> String { "\(apiVersion) \(kind)" }
}

/// The form in which it is kept on disk.
extension ServedTypes {
    var document: Node {
        .sequence(
            types.map { type in
                [
                    "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
                    "plural": .string(type.plural), "namespaced": .bool(type.isNamespaced),
                ]
            })
    }

    /// Nil for anything but what ``document`` gives.
    init?(document: Node) {
        guard let items = document.sequence else { return nil }
        var types: [ResourceType] = []
        for item in items {
            guard let group = item["group"]?.string, let version = item["version"]?.string,
                let kind = item["kind"]?.string, let plural = item["plural"]?.string,
                let isNamespaced = item["namespaced"]?.bool
            else { return nil }
            types.append(
                ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced))
        }
        self.init(types)
    }
}
