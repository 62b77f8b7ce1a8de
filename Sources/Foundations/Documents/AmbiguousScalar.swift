/// Recognises text that some YAML reader resolves to something other than a string.
///
/// Covers the core schema of YAML 1.2.2 and the type repository of YAML 1.1 (bool, int, float, merge,
/// null, timestamp, value), which PyYAML, Ruby and older Go readers implement. It errs on the side of
/// quoting.
enum AmbiguousScalar {
    private static let words: Set<String> = [
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=",
        ".inf", "+.inf", "-.inf", ".nan",
    ]
    private static let longestWord = 5

    static func isAmbiguous(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text.count <= longestWord, words.contains(String(decoding: text, as: UTF8.self).lowercased()) { return true }
        guard let first = text.first else { return true }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return looksNumeric(text) || looksLikeDate(text)
        default:
            return false
        }
    }

    /// Decimal, octal, hexadecimal, binary, sexagesimal and float forms, underscores allowed.
    private static func looksNumeric(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var body = text[...]
        if body.first == UInt8(ascii: "+") || body.first == UInt8(ascii: "-") { body = body.dropFirst() }
        if body.count > 2, body.first == UInt8(ascii: "0"), let radix = body.dropFirst().first {
            switch radix | 0x20 {
            case UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "b"):
                return body.dropFirst(2).allSatisfy {
                    isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
                        || $0 == UInt8(ascii: "_")
                }
            default: break
            }
        }
        let mantissa = body.prefix {
            isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":")
        }
        var rest = body[mantissa.endIndex...]
        if rest.isEmpty { return true }
        guard let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e"), !mantissa.isEmpty else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return rest.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// `2001-12-14`, with or without a time.
    private static func looksLikeDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= 8 && text.prefix(4).allSatisfy(isDigit) && text[4] == UInt8(ascii: "-") && isDigit(text[5])
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
