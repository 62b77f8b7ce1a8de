import Documents

/// A field as the server names it: `spec.template.spec.containers[0].image`, or in conflicts
/// `.spec.template.spec.containers[name="workload"].image`, with keys in brackets where a list has them.
///
/// Dots within keys are not escaped there (`.spec.selector.app.kubernetes.io/instance`): only the document tells
/// where a key ends.
struct APIFieldPath {
    private let text: Substring

    init(_ text: String) {
        self.text = text[...]
    }

    /// The same place in a document; what it does not have ends the path.
    func resolved(in document: Node) -> NodePath {
        var path = NodePath()
        var node = document
        var rest = text
        while true {
            if rest.first == "." { rest.removeFirst() }
            guard let first = rest.first else { return path }
            if first == "[" {
                guard let (next, item) = Self.item(of: node, Self.bracketed(&rest)) else { return path }
                path.steps.append(next)
                node = item
            } else {
                guard let entry = Self.entry(of: node, rest) else { return path }
                path = path.appending(entry.key)
                node = entry.value
                rest = rest.dropFirst(entry.key.count)
            }
        }
    }

    /// The entry with the longest key that the text begins with.
    private static func entry(of node: Node, _ text: Substring) -> Mapping.Entry? {
        (node.mapping?.entries ?? []).filter { entry in
            guard text.hasPrefix(entry.key) else { return false }
            let next = text.dropFirst(entry.key.count).first
            return next == nil || next == "." || next == "["
        }.max { $0.key.count < $1.key.count }
    }

    /// `0`, `name="workload"`, `containerPort=8080,protocol="TCP"`, or a key.
    private static func item(of node: Node, _ inner: String) -> (NodePath.Step, Node)? {
        if let items = node.sequence {
            let pairs = pairs(inner)
            let index =
                Int(inner)
                ?? items.firstIndex { item in
                    !pairs.isEmpty
                        && pairs.allSatisfy { pair in
                            item[pair.key].map { $0.string ?? JSONEmitter.emit($0) } == pair.value
                        }
                }
            guard let index, items.indices.contains(index) else { return nil }
            return (.index(index), items[index])
        }
        let key = unquoted(inner)
        return node[key].map { (.key(key), $0) }
    }

    /// Takes `[…]` off the front; quoted brackets are text.
    private static func bracketed(_ rest: inout Substring) -> String {
        rest.removeFirst()
        var inner = ""
        var isQuoted = false
        while let character = rest.popFirst() {
            if character == "\"" { isQuoted.toggle() }
            if character == "]", !isQuoted { break }
            inner.append(character)
        }
        return inner
    }

    private static func pairs(_ text: String) -> [(key: String, value: String)] {
        text.split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), unquoted(String(parts[1]))) : nil
        }
    }

    private static func unquoted(_ text: String) -> String {
        text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }
}
