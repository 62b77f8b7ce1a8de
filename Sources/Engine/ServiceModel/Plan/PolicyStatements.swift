import Diagnostics
package import Documents

/// Makes policies of IAM comparable: their statements have no order, and names of their own.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
package enum PolicyStatements {
    /// The same tree with the statements of each policy by their names, where all have one: then one more, or one less,
    /// is a difference in one of them and not in the list. A policy that is a text is read.
    package static func byName(_ node: Node) -> Node {
        switch node.content {
        case .mapping(let mapping):
            let entries = mapping.entries.map { entry in
                Mapping.Entry(
                    entry.key, at: entry.keyLocation,
                    entry.key == "Statement" ? statements(entry.value) : byName(entry.value))
            }
            return .mapping(Mapping(uniqueEntries: entries), at: node.location)
        case .string(let text) where text.contains("\"Statement\"") && text.first { !$0.isWhitespace } == "{":
            let policy = try? JSONParser.parse(Array(text.utf8), file: .unknown)
            return policy?["Statement"] == nil ? node : byName(policy ?? node).relocated(to: node.location)
        default: return node
        }
    }

    private static func statements(_ node: Node) -> Node {
        guard let items = node.sequence else { return node }
        var named = Mapping()
        for item in items {
            guard let name = item["Sid"]?.string, !name.isEmpty, named[name] == nil else { return node }
            named[name] = item
        }
        return .mapping(named, at: node.location)
    }
}
