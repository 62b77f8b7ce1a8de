/// Writes trees as YAML in block style: two spaces a level, sequences under their key without further
/// indentation (as `kubectl` prints), keys in the tree's order.
///
/// Whatever YAML 1.1 or 1.2 readers would take for another type is quoted; text of several lines is a
/// literal block. What is written parses back to the same tree in either.
public struct YAMLEmitter {
    private var output: [UInt8]

    private init() {
        output = []
    }

    /// One document, ending in a newline, without a `---`.
    public static func emit(_ node: Node) -> String {
        String(decoding: bytes(of: node), as: UTF8.self)
    }

    /// Several documents, each after the first introduced by `---`.
    public static func emit(documents: [Node]) -> String {
        documents.map(emit).joined(separator: "---\n")
    }

    public static func bytes(of node: Node) -> [UInt8] {
        var emitter = YAMLEmitter()
        emitter.document(node)
        return emitter.output
    }

    private mutating func document(_ node: Node) {
        switch node.content {
        case .mapping(let mapping) where !mapping.isEmpty: entries(mapping, indentation: 0, firstIsInline: false)
        case .sequence(let items) where !items.isEmpty: self.items(items, indentation: 0, firstIsInline: false)
        default:
            scalar(node, indentation: 0)
            newline()
        }
    }

    /// Readers need not look further than 1024 characters for the colon after a key (YAML 1.2.2, section
    /// 7.4.3); longer keys are marked as such.
    private static let longestSimpleKey = 1000

    private mutating func entries(_ mapping: Mapping, indentation: Int, firstIsInline: Bool) {
        var inline = firstIsInline
        for entry in mapping.entries {
            if !inline { indent(indentation) }
            inline = false
            let start = output.count
            string(entry.key, indentation: indentation, isKey: true)
            if output.count - start > Self.longestSimpleKey {
                output.insert(contentsOf: "? ".utf8, at: start)
                newline()
                indent(indentation)
            }
            write(":")
            value(entry.value, indentation: indentation)
        }
    }

    /// The value of a key, on the same line or below.
    private mutating func value(_ node: Node, indentation: Int) {
        switch node.content {
        case .mapping(let mapping) where !mapping.isEmpty:
            newline()
            entries(mapping, indentation: indentation + 2, firstIsInline: false)
        case .sequence(let items) where !items.isEmpty:
            newline()
            self.items(items, indentation: indentation, firstIsInline: false)
        default:
            write(" ")
            scalar(node, indentation: indentation)
            newline()
        }
    }

    private mutating func items(_ items: [Node], indentation: Int, firstIsInline: Bool) {
        var inline = firstIsInline
        for item in items {
            if !inline { indent(indentation) }
            inline = false
            write("- ")
            switch item.content {
            case .mapping(let mapping) where !mapping.isEmpty:
                entries(mapping, indentation: indentation + 2, firstIsInline: true)
            case .sequence(let nested) where !nested.isEmpty:
                self.items(nested, indentation: indentation + 2, firstIsInline: true)
            default:
                scalar(item, indentation: indentation)
                newline()
            }
        }
    }

    private mutating func scalar(_ node: Node, indentation: Int) {
        switch node.content {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .number(let number): write(number.portableText ?? number.text)
        case .string(let text): string(text, indentation: indentation, isKey: false)
        case .sequence: write("[]")
        case .mapping: write("{}")
        }
    }

    private mutating func string(_ text: String, indentation: Int, isKey: Bool) {
        switch ScalarStyle.choose(for: text, isKey: isKey) {
        case .plain: write(text)
        case .literal: literal(text, indentation: indentation)
        case .quoted: output.append(contentsOf: JSONEmitter.quoted(text))
        }
    }

    /// A `|` block; the indicator says how the text ends.
    private mutating func literal(_ text: String, indentation: Int) {
        let chomping = text.hasSuffix("\n\n") || text == "\n" ? "+" : text.hasSuffix("\n") ? "" : "-"
        write("|\(chomping)")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        for line in lines {
            newline()
            if !line.isEmpty {
                indent(indentation + 2)
                output.append(contentsOf: line.utf8)
            }
        }
    }

    private mutating func indent(_ count: Int) {
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }

    private mutating func write(_ text: String) {
        output.append(contentsOf: text.utf8)
    }

    private mutating func newline() {
        output.append(UInt8(ascii: "\n"))
    }
}
