import Diagnostics

/// Cuts an expression into tokens, one at a time: what follows the `}` of an interpolation is text.
///
/// The lexical grammar is that of the reference implementation (github.com/json-e/json-e,
/// `js/src/index.js`): strings have no escapes, numbers no exponent.
struct Tokenizer {
    private let text: TemplateText
    /// Where the expression begins, for messages that quote it.
    private let start: Int
    private var position: Int

    init(_ text: TemplateText, from start: Int) {
        self.text = text
        self.start = start
        position = start
    }

    /// The next token, or nil at the end of the text.
    mutating func next() throws(Diagnostic) -> Token? {
        let bytes = text.bytes
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        let begin = position
        let kind: Token.Kind
        switch bytes[begin] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            position = end(of: Self.isDigit, from: begin)
            if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."), Self.isDigit(bytes[position + 1]) {
                position = end(of: Self.isDigit, from: position + 1)
            }
            kind = .number
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard let close = bytes[(begin + 1)...].firstIndex(of: bytes[begin]) else { throw unexpected(begin) }
            position = close + 1
            kind = .string
        case let byte where Self.startsName(byte):
            position = end(of: Self.continuesName, from: begin)
            kind = Self.word(bytes[begin..<position])
        default:
            guard let word = symbol(at: begin) else { throw unexpected(begin) }
            position = begin + word.rawValue.utf8.count
            kind = .fixed(word)
        }
        return Token(kind: kind, range: begin..<position, location: text.location(at: begin))
    }

    private func end(of isPart: (UInt8) -> Bool, from begin: Int) -> Int {
        text.bytes[begin...].firstIndex { !isPart($0) } ?? text.bytes.count
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> Token.Kind {
        switch bytes.count {
        case 2 where bytes.elementsEqual("in".utf8): .fixed(.isIn)
        case 4 where bytes.elementsEqual("true".utf8): .fixed(.isTrue)
        case 4 where bytes.elementsEqual("null".utf8): .fixed(.null)
        case 5 where bytes.elementsEqual("false".utf8): .fixed(.isFalse)
        default: .identifier
        }
    }

    private func symbol(at begin: Int) -> Token.StaticWord? {
        let bytes = text.bytes[begin..<min(begin + 2, text.bytes.count)]
        return Token.StaticWord(rawValue: String(decoding: bytes, as: UTF8.self))
            ?? Token.StaticWord(rawValue: String(decoding: bytes.prefix(1), as: UTF8.self))
    }

    private func unexpected(_ position: Int) -> Diagnostic {
        let isQuote = text.bytes[position] == UInt8(ascii: "\"") || text.bytes[position] == UInt8(ascii: "'")
        return Diagnostic(
            .error, .templateSyntax,
            "Unexpected input for '\(text.excerpt(from: start))' at '\(text.excerpt(from: position))'",
            at: text.location(at: position),
            why: isQuote ? "the string that begins here does not end" : "no expression contains this character",
            fix: isQuote
                ? "close the quote; strings have no escapes, so a quote of one kind stands in quotes of the other"
                : nil)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func startsName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    static func continuesName(_ byte: UInt8) -> Bool { startsName(byte) || isDigit(byte) }
}
