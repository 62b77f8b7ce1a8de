/// How a string must be written so that every YAML reader takes it for that string.
enum ScalarStyle {
    case plain
    case literal
    case quoted

    static func choose(for text: String, isKey: Bool) -> ScalarStyle {
        var text = text
        return text.withUTF8 { bytes in
            if isPlainSafe(bytes) { return .plain }
            return !isKey && isLiteralSafe(bytes) ? .literal : .quoted
        }
    }

    /// Plain scalars are kept to letters, digits and `_ - . / : @ + space` and the like, in places where
    /// they carry no meaning, and to text that no reader resolves to another type.
    private static func isPlainSafe(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        switch first {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"),
            UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: "("), UInt8(ascii: "^"):
            break
        case UInt8(ascii: "-"):
            guard text.count > 1, text[1] != UInt8(ascii: " "), text[1] != UInt8(ascii: "-") else { return false }
        case UInt8(ascii: "."):
            // At the start of a line, `... ` ends a document.
            guard !text.starts(with: "...".utf8) else { return false }
        default:
            return false
        }
        if last == UInt8(ascii: " ") || last == UInt8(ascii: ":") { return false }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ":"):
                // `: ` starts a value; flow readers also stop at `:` before a bracket.
                if text[index + 1] == UInt8(ascii: " ") { return false }
            case UInt8(ascii: "#"):
                if text[index - 1] == UInt8(ascii: " ") { return false }
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
                0..<0x20, 0x7F...:
                return false
            default: continue
            }
        }
        return !AmbiguousScalar.isAmbiguous(text)
    }

    /// Literal blocks hold printable text of several lines whose first line is not indented; trailing
    /// spaces are legal there, but editors strip them, and tabs look like indentation.
    private static func isLiteralSafe(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.contains(UInt8(ascii: "\n")), let first = text.first else { return false }
        guard first != UInt8(ascii: " "), first != UInt8(ascii: "\n"), first != UInt8(ascii: "\t") else { return false }
        var previous: UInt8 = 0
        for byte in text {
            if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: " ") || previous == UInt8(ascii: "\t") {
                return false
            }
            if byte < 0x20, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\t") { return false }
            if byte == 0x7F { return false }
            previous = byte
        }
        return previous != UInt8(ascii: " ") && previous != UInt8(ascii: "\t") && !hasUnprintable(text)
    }

    /// Characters that YAML readers fold, reject or take for line breaks: C1 controls, NEL, line and
    /// paragraph separators, the byte order mark, and what lies beyond the first plane's end.
    private static func hasUnprintable(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.contains(where: { $0 >= 0x80 }) else { return false }
        return String(decoding: text, as: UTF8.self).unicodeScalars.contains(where: JSONEmitter.needsEscape)
    }
}
