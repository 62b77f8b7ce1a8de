public import Diagnostics

/// Reads JSON (RFC 8259) strictly, keeping the place of every key and value.
///
/// JSON is not read as YAML: libyaml rejects escaped surrogate pairs, and a JSON file with YAML in it
/// is a mistake worth telling.
public struct JSONParser: ~Copyable {
    private let bytes: [UInt8]
    private let file: SourceFile
    private let omission: Omission?
    private var isInList = false
    private var offset = 0
    private var line = 1
    /// Offset at which the current line starts, for columns.
    private var lineStart = 0
    /// How far the line's continuation bytes have been counted, and how many there were: a document may be one
    /// line of megabytes, which must not be counted anew for each value.
    private var countedTo = 0
    private var continuationBytes = 0
    private var depth = 0

    /// What of a document is not built: the mappings at `key` of what stands in a list of this name.
    public struct Omission: Sendable {
        let list: String
        let key: String

        public init(of key: String, in list: String) {
            self.list = list
            self.key = key
        }
    }

    private init(_ bytes: [UInt8], file: SourceFile, omitting omission: Omission?) {
        self.bytes = bytes
        self.file = file
        self.omission = omission
    }

    /// The one value of `bytes`.
    ///
    /// - Parameter omission: what is read as null, and looked at only as far as it takes to find its end.
    /// - Throws: ``Diagnostic`` for the first problem, with its place.
    public static func parse(
        _ bytes: [UInt8], file: SourceFile, omitting omission: Omission? = nil
    ) throws(Diagnostic) -> Node {
        if let problem = UTF8Check.firstProblem(in: bytes) {
            throw Diagnostic(
                .error, .notUTF8, problem.message, at: problem.location(in: file), fix: "save the file as UTF-8")
        }
        var parser = JSONParser(bytes, file: file, omitting: omission)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.offset = 3 }
        let node = try parser.value()
        parser.skipSpace()
        if parser.offset < bytes.count { throw parser.problem(JSONAdvice.moreText) }
        return node
    }

    public static func parse(_ text: String, file: SourceFile) throws(Diagnostic) -> Node {
        try parse(Array(text.utf8), file: file)
    }

    private mutating func value() throws(Diagnostic) -> Node {
        skipSpace()
        let start = location
        guard let byte = peek else { throw problem(JSONAdvice.value([])) }
        switch byte {
        case UInt8(ascii: "{"):
            return Node(.mapping(try nested { parser throws(Diagnostic) in try parser.object() }), at: start)
        case UInt8(ascii: "["):
            return Node(.sequence(try nested { parser throws(Diagnostic) in try parser.array() }), at: start)
        case UInt8(ascii: "\""): return Node(.string(try string()), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return Node(.number(try number()), at: start)
        default:
            for (word, content) in [("true", Node.Content.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[offset...].starts(with: word.utf8) {
                offset += word.utf8.count
                return Node(content, at: start)
            }
            throw problem(JSONAdvice.value(bytes[offset...]))
        }
    }

    private mutating func nested<Value>(
        _ read: (inout JSONParser) throws(Diagnostic) -> Value
    ) throws(Diagnostic) -> Value {
        guard depth < YAMLParser.maximumDepth else {
            throw Diagnostic(
                .error, .tooDeep, "nested more than \(YAMLParser.maximumDepth) levels deep", at: location,
                fix: "flatten the document")
        }
        depth += 1
        defer { depth -= 1 }
        offset += 1
        return try read(&self)
    }

    private mutating func array() throws(Diagnostic) -> [Node] {
        var items: [Node] = []
        skipSpace()
        if take("]") { return items }
        while true {
            items.append(try value())
            skipSpace()
            if take("]") { return items }
            try separator("]")
        }
    }

    private mutating func object() throws(Diagnostic) -> Mapping {
        var mapping = Mapping()
        skipSpace()
        if take("}") { return mapping }
        while true {
            skipSpace()
            let keyLocation = location
            guard peek == UInt8(ascii: "\"") else { throw problem(JSONAdvice.key(bytes[offset...])) }
            let key = try string()
            skipSpace()
            guard take(":") else { throw problem(JSONAdvice.colon) }
            let value = try value(of: key)
            if let first = mapping.entry(key) {
                throw Diagnostic(
                    .error, .duplicateKey, "the key `\(key)` is given twice", at: keyLocation,
                    why: "of two equal keys one would silently win", fix: "remove or rename one of them",
                    notes: [.init("first given here", at: first.keyLocation)])
            }
            mapping.append(unique: Mapping.Entry(key, at: keyLocation, value))
            skipSpace()
            if take("}") { return mapping }
            try separator("}")
        }
    }

    private mutating func value(of key: String) throws(Diagnostic) -> Node {
        guard let omission else { return try value() }
        if isInList {
            guard key == omission.key else { return try value() }
            skipSpace()
            guard peek == UInt8(ascii: "{") else { return try value() }
            let start = location
            try passOver()
            return Node(.null, at: start)
        }
        isInList = key == omission.list
        defer { isInList = false }
        return try value()
    }

    /// Goes behind a mapping or sequence.
    private mutating func passOver() throws(Diagnostic) {
        var open = 0
        repeat {
            skipSpace()
            switch peek {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
            case UInt8(ascii: "\""): try passOverString()
            case nil: throw problem(JSONAdvice.value([]))
            default: break
            }
            offset += 1
        } while open > 0
    }

    /// Goes to the quotation mark at the end.
    private mutating func passOverString() throws(Diagnostic) {
        let start = offset + 1
        offset = bytes.withUnsafeBufferPointer { bytes in
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            return min(end, bytes.count)
        }
        if offset == bytes.count { throw problem(JSONAdvice.openString) }
    }

    /// The comma between two values of what `close` closes.
    private mutating func separator(_ close: Unicode.Scalar) throws(Diagnostic) {
        let comma = location
        guard take(",") else { throw problem(JSONAdvice.separator(Character(close), bytes[offset...])) }
        skipSpace()
        if peek == UInt8(ascii: close) { throw problem(JSONAdvice.trailingComma(Character(close)), at: comma) }
    }

    private mutating func number() throws(Diagnostic) -> Number {
        let start = offset
        let beginning = location
        _ = take("-")
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else {
            throw problem(JSONAdvice.whole, at: beginning)
        }
        if take("."), digits() == 0 { throw problem(JSONAdvice.fraction) }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw problem(JSONAdvice.exponent) }
        }
        return Number(recognised: String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        return offset - start
    }

    private mutating func string() throws(Diagnostic) -> String {
        offset += 1
        let start = offset
        // Nearly all strings are plain: they are looked through and copied once.
        let (plain, end) = bytes.withUnsafeBufferPointer { bytes -> (String?, Int) in
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"),
                bytes[end] >= 0x20
            {
                end += 1
            }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return (nil, end) }
            return (String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self), end)
        }
        offset = end
        if let plain {
            offset += 1
            return plain
        }
        var text = Array(bytes[start..<offset])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: try escape())
            case 0..<0x20:
                throw problem(JSONAdvice.control(byte))
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw problem(JSONAdvice.openString)
    }

    private mutating func escape() throws(Diagnostic) -> [UInt8] {
        offset += 1
        guard let byte = peek else { throw problem(JSONAdvice.openString) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try hexUnit()]
            if UTF16.isLeadSurrogate(units[0]), bytes[offset...].starts(with: "\\u".utf8) {
                offset += 2
                units.append(try hexUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw problem(JSONAdvice.surrogate)
            }
            return Array(text.utf8)
        default: throw problem(JSONAdvice.escape(byte))
        }
    }

    private mutating func hexUnit() throws(Diagnostic) -> UInt16 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw problem(JSONAdvice.hexadecimal) }
        offset += 4
        return unit
    }

    private mutating func skipSpace() {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
            case UInt8(ascii: "\n"):
                offset += 1
                line += 1
                lineStart = offset
                countedTo = offset
                continuationBytes = 0
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// The current place. Columns count scalars: bytes but for those that continue one.
    private var location: SourceLocation {
        mutating get {
            if countedTo < offset {
                for byte in bytes[countedTo..<offset] where byte & 0xC0 == 0x80 { continuationBytes += 1 }
                countedTo = offset
            }
            return SourceLocation(file: file, line: line, column: offset - lineStart - continuationBytes + 1)
        }
    }

    private mutating func problem(_ advice: JSONAdvice.Advice, at place: SourceLocation? = nil) -> Diagnostic {
        Diagnostic(.error, .syntax, advice.what, at: place ?? location, why: advice.why, fix: advice.fix)
    }
}
