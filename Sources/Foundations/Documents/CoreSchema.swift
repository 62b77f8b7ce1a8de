/// Resolves a plain scalar to its type by the core schema of YAML 1.2.2, section 10.3.2.
///
/// `yes`, `on` and `1:30` are strings here, whatever YAML 1.1 says.
enum CoreSchema {
    static func content(ofPlain text: UnsafeBufferPointer<UInt8>) -> Node.Content {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "~"):
            if text.count == 1 { return .null }
        case UInt8(ascii: "n"), UInt8(ascii: "N"):
            if isOne(of: "null", "Null", "NULL", text) { return .null }
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            if isOne(of: "true", "True", "TRUE", text) { return .bool(true) }
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            if isOne(of: "false", "False", "FALSE", text) { return .bool(false) }
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            if isNumber(text) { return .number(Number(recognised: String(decoding: text, as: UTF8.self))) }
        default:
            break
        }
        return .string(String(decoding: text, as: UTF8.self))
    }

    /// Whether `text` is a number of the core schema: decimal, `0o`, `0x`, float, infinity or not-a-number.
    static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        if rest.count > 2, rest[0] == UInt8(ascii: "0") {
            if rest[1] == UInt8(ascii: "o") {
                return rest.dropFirst(2).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
            }
            if rest[1] == UInt8(ascii: "x") { return rest.dropFirst(2).allSatisfy(isHexDigit) }
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if isOne(of: ".inf", ".Inf", ".INF", UnsafeBufferPointer(rebasing: rest)) { return true }
        if isOne(of: ".nan", ".NaN", ".NAN", text) { return true }
        let whole = dropDigits(&rest)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = dropDigits(&rest)
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard dropDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func dropDigits(_ text: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        let rest = text.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        defer { text = rest }
        return text.count - rest.count
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isOne(
        of lower: StaticString, _ title: StaticString, _ upper: StaticString, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard text.count == lower.utf8CodeUnitCount else { return false }
        return [lower, title, upper].contains { word in
            text.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
    }
}
