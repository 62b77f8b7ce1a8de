/// Reads one JSON text (RFC 8259), strictly: no comments, no trailing commas, no duplicate members.
///
/// One pass over the bytes; nesting is bounded, so no input can exhaust the stack.
struct JSONReader {
    private static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0

    /// - Throws: `ServiceError` (400, `invalid_json`) that names the byte where reading stopped.
    static func value(_ bytes: [UInt8]) throws(ServiceError) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.unexpected("text after the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func value(depth: Int) throws(ServiceError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw unexpected("more than \(Self.maximumDepth) levels of nesting") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw unexpected("the end of the text")
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(ServiceError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        position += 1
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw unexpected("something else than a member's name") }
            let key = try string()
            guard keys.insert(key).inserted else { throw unexpected("the member \"\(key.prefix(40))\" again") }
            skipSpace()
            guard take(":") else { throw unexpected("no colon after a member's name") }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw unexpected("an object without its closing brace") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(ServiceError) -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw unexpected("an array without its closing bracket") }
        return .array(elements)
    }

    private mutating func string() throws(ServiceError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw unexpected("a string that is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw unexpected("a control character in a string")
            default: text.append(byte)
            }
        }
        throw unexpected("a string without its closing quote")
    }

    private mutating func escape() throws(ServiceError) -> [UInt8] {
        guard let byte = next else { throw unexpected("the end of the text") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try unicodeEscape()).utf8)
        default: throw unexpected("an unknown escape")
        }
    }

    /// The rest of `\uXXXX`; two of them make one character outside the basic plane (RFC 8259, section 7).
    private mutating func unicodeEscape() throws(ServiceError) -> Character {
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            guard take("\\"), take("u") else { throw unexpected("half a surrogate pair") }
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw unexpected("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw unexpected("half a surrogate pair") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(ServiceError) -> UInt32 {
        let digits = bytes[position..<min(position + 4, bytes.count)]
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw unexpected("an incomplete \\u escape") }
        position += 4
        return code
    }

    private mutating func number() throws(ServiceError) -> JSONValue {
        let start = position
        _ = take("-")
        let leading = position
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[leading] != UInt8(ascii: "0") else { throw unexpected("no JSON value") }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard digits() > 0 else { throw unexpected("a point without digits") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw unexpected("an exponent without digits") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        if isInteger, let unsigned = UInt64(text) { return .unsigned(unsigned) }
        guard let number = Double(text), number.isFinite else { throw unexpected("a number that is too large") }
        return .number(number)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(ServiceError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw unexpected("no JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func unexpected(_ found: String) -> ServiceError {
        ServiceError(
            .badRequest, code: "invalid_json", message: "the text is not valid JSON: \(found) at byte \(position)",
            hint: "send one JSON object, for example {\"seed\": 7}")
    }
}

extension JSONValue {
    /// Reads one JSON text.
    ///
    /// - Throws: `ServiceError` (400, `invalid_json`) that names the byte where reading stopped.
    package init(parsing text: [UInt8]) throws(ServiceError) {
        self = try JSONReader.value(text)
    }
}
