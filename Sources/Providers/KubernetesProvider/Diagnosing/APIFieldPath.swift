import Documents

/// A field as the server names it: `spec.template.spec.containers[0].image`, or in conflicts
/// `.spec.template.spec.containers[name="workload"].image`, with keys in brackets where a list has them.
struct APIFieldPath {
    private enum Step {
        case key(String)
        case index(Int)
        /// The entry whose fields have these values.
        case match([(key: String, value: String)])
    }

    private var steps: [Step] = []

    init(_ text: String) {
        var rest = Substring(text)
        while let first = rest.first {
            if first == "." {
                rest.removeFirst()
            } else if first == "[" {
                let inner = Self.bracketed(&rest)
                if let index = Int(inner) {
                    steps.append(.index(index))
                } else if inner.contains("=") {
                    steps.append(.match(Self.pairs(inner)))
                } else {
                    steps.append(.key(Self.unquoted(inner)))
                }
            } else {
                let key = rest.prefix { $0 != "." && $0 != "[" }
                steps.append(.key(String(key)))
                rest = rest.dropFirst(key.count)
            }
        }
    }

    /// The same place in a document; steps that it does not have end the path.
    func resolved(in document: Node) -> NodePath {
        var path = NodePath()
        var node: Node? = document
        for step in steps {
            switch step {
            case .key(let key):
                path = path.appending(key)
                node = node?[key]
            case .index(let index):
                path = path.appending(index)
                node = node?.sequence.flatMap { index < $0.count ? $0[index] : nil }
            case .match(let pairs):
                guard
                    let items = node?.sequence,
                    let index = items.firstIndex(where: { item in
                        pairs.allSatisfy { pair in
                            item[pair.key].map { $0.string ?? JSONEmitter.emit($0) } == pair.value
                        }
                    })
                else { return path }
                path = path.appending(index)
                node = items[index]
            }
        }
        return path
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
