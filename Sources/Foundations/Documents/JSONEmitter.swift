/// Writes trees as JSON (RFC 8259).
public struct JSONEmitter {
    public struct Options: Sendable {
        /// Two-space indentation and a line for each entry; else no white space at all.
        public var pretty: Bool
        /// Keys by their UTF-8 bytes; else in the tree's order.
        public var sortedKeys: Bool

        public init(pretty: Bool = false, sortedKeys: Bool = false) {
            self.pretty = pretty
            self.sortedKeys = sortedKeys
        }
    }

    private let options: Options
    private var output: [UInt8] = []

    private init(_ options: Options) {
        self.options = options
    }

    /// The value's text, without a newline at the end. Infinities and not-a-number, which JSON cannot
    /// hold, become null.
    public static func emit(_ node: Node, _ options: Options = Options()) -> String {
        String(decoding: bytes(of: node, options), as: UTF8.self)
    }

    public static func bytes(of node: Node, _ options: Options = Options()) -> [UInt8] {
        var emitter = JSONEmitter(options)
        emitter.value(node, indentation: 0)
        return emitter.output
    }

    private mutating func value(_ node: Node, indentation: Int) {
        switch node.content {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .number(let number): write(number.portableText ?? "null")
        case .string(let text): Self.quote(text, into: &output)
        case .sequence(let items):
            list(items, "[", "]", indentation) { emitter, item in emitter.value(item, indentation: indentation + 2) }
        case .mapping(let mapping):
            let entries = options.sortedKeys ? mapping.entries.sorted { $0.key < $1.key } : mapping.entries
            list(entries, "{", "}", indentation) { emitter, entry in
                Self.quote(entry.key, into: &emitter.output)
                emitter.write(emitter.options.pretty ? ": " : ":")
                emitter.value(entry.value, indentation: indentation + 2)
            }
        }
    }

    private mutating func list<Item>(
        _ items: [Item], _ open: String, _ close: String, _ indentation: Int, _ each: (inout JSONEmitter, Item) -> Void
    ) {
        write(open)
        for (position, item) in items.enumerated() {
            if position > 0 { write(",") }
            line(indentation + 2)
            each(&self, item)
        }
        if !items.isEmpty { line(indentation) }
        write(close)
    }

    private mutating func line(_ indentation: Int) {
        guard options.pretty else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    }

    private mutating func write(_ text: String) {
        output.append(contentsOf: text.utf8)
    }

    /// A double-quoted string that JSON, YAML 1.1 and YAML 1.2 readers all take for `text`.
    static func quoted(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        quote(text, into: &result)
        return result
    }

    private static func quote(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        let plainCount = text.withUTF8 { bytes in
            // Most texts have no character that is written as another one.
            let count = bytes.firstIndex { !isPlain($0) } ?? bytes.count
            output.append(contentsOf: bytes[..<count])
            return count
        }
        if plainCount < text.utf8.count {
            for scalar in text.unicodeScalars[text.utf8.index(text.startIndex, offsetBy: plainCount)...] {
                append(scalar, to: &output)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
        if scalar.isASCII, isPlain(UInt8(scalar.value)) { return result.append(UInt8(scalar.value)) }
        switch scalar {
        case "\"": result.append(contentsOf: "\\\"".utf8)
        case "\\": result.append(contentsOf: "\\\\".utf8)
        case "\n": result.append(contentsOf: "\\n".utf8)
        case "\r": result.append(contentsOf: "\\r".utf8)
        case "\t": result.append(contentsOf: "\\t".utf8)
        case "\u{8}": result.append(contentsOf: "\\b".utf8)
        case "\u{C}": result.append(contentsOf: "\\f".utf8)
        default:
            guard needsEscape(scalar) else {
                return result.append(contentsOf: scalar.utf8)
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result.append(contentsOf: "\\u".utf8)
                result.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
                result.append(contentsOf: digits.utf8)
            }
        }
    }

    /// Whether YAML readers reject, fold or drop the character when it stands as it is. Only the first
    /// plane: a surrogate pair of escapes is no character to a YAML reader.
    static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
