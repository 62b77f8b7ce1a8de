import Diagnostics
import Documents

/// The fields of one entry of a kubeconfig file, read with the types that they must have: of another type a
/// field would otherwise count as missing, and a token as none.
struct KubeconfigFields {
    let node: Node
    /// For diagnostics: ``the user `demo```.
    let owner: String

    /// Nil where it is missing or empty, which is the same to kubectl.
    func text(_ key: String) throws(Diagnostic) -> String? {
        guard let node = present(key) else { return nil }
        guard let text = node.string else { throw malformed(key, "a string", node) }
        return text.isEmpty ? nil : text
    }

    func flag(_ key: String) throws(Diagnostic) -> Bool {
        guard let node = present(key) else { return false }
        guard let flag = node.bool else { throw malformed(key, "true or false", node) }
        return flag
    }

    func texts(_ key: String) throws(Diagnostic) -> [String] {
        var texts: [String] = []
        for item in try items(key) {
            guard let text = item.string else { throw malformed(key, "a list of strings", item) }
            texts.append(text)
        }
        return texts
    }

    /// The entries of a list of mappings.
    func entries(_ key: String) throws(Diagnostic) -> [KubeconfigFields] {
        var entries: [KubeconfigFields] = []
        for item in try items(key) {
            guard item.mapping != nil else { throw malformed(key, "a list of mappings", item) }
            entries.append(KubeconfigFields(node: item, owner: "an entry of `\(key)` of \(owner)"))
        }
        return entries
    }

    func fields(_ key: String) throws(Diagnostic) -> KubeconfigFields? {
        guard let node = present(key) else { return nil }
        guard node.mapping != nil else { throw malformed(key, "a mapping", node) }
        return KubeconfigFields(node: node, owner: "`\(key)` of \(owner)")
    }

    /// Of the field, or of the entry that lacks it.
    func location(_ key: String) -> SourceLocation { node[key]?.location ?? node.location }

    private func items(_ key: String) throws(Diagnostic) -> [Node] {
        guard let node = present(key) else { return [] }
        guard let items = node.sequence else { throw malformed(key, "a list", node) }
        return items
    }

    private func present(_ key: String) -> Node? { node[key].flatMap { $0.isNull ? nil : $0 } }

    /// Says what the value is, never the value: it may be a credential.
    private func malformed(_ key: String, _ expected: String, _ found: Node) -> Diagnostic {
        Diagnostic(
            .error, .kubeconfig, "`\(key)` of \(owner) must be \(expected)", at: found.location,
            why: "it is of the kind \(found.kind)",
            fix: found.number != nil || found.bool != nil ? "put it in quotes" : nil)
    }
}
