import Diagnostics

/// Says what is wrong in a JSON text, by what stands where something else is expected.
enum JSONAdvice {
    struct Advice {
        let what: String
        var why: String?
        let fix: String
    }

    /// A value is expected, and `found` stands there: the rest of the text.
    static func value(_ found: ArraySlice<UInt8>) -> Advice {
        guard let first = found.first else {
            return Advice(
                what: "the document ends where a value is expected", why: "the text is cut off, or a value is missing",
                fix: "write the value, and close what is open")
        }
        switch first {
        case UInt8(ascii: "'"):
            return Advice(
                what: "a JSON value is expected here", why: "JSON's quotes are double", fix: "write `\"text\"`")
        case UInt8(ascii: "/"), UInt8(ascii: "#"):
            return Advice(
                what: "a JSON value is expected here", why: "JSON has no comments",
                fix: "remove it, or save the file as YAML, which has comments")
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
            return Advice(
                what: "a JSON value is expected here", why: "`\(Character(Unicode.Scalar(first)))` stands in its place",
                fix: "write the value; `null` is one, too")
        default: return word(found)
        }
    }

    /// Words of other languages, and text without quotes.
    private static func word(_ found: ArraySlice<UInt8>) -> Advice {
        let bytes = found.prefix { byte in
            !" \t\r\n,:[]{}\"".utf8.contains(byte)
        }
        let word = String(decoding: bytes.prefix(40), as: UTF8.self)
        let meant: String? =
            switch word.lowercased() {
            case "true", "false", "null": word.lowercased()
            case "none", "nil", "undefined", "~": "null"
            default: nil
            }
        if let meant {
            return Advice(
                what: "`\(word)` is no JSON value", why: "JSON writes `true`, `false` and `null`",
                fix: "write `\(meant)`")
        }
        switch word.lowercased() {
        case "nan", "inf", "infinity", "+inf", "+infinity":
            return Advice(
                what: "`\(word)` is no JSON value", why: "JSON has no such number",
                fix: "write a number, `null`, or the text `\"\(word)\"`")
        default:
            let isNumber = word.first == "+" || word.first == "."
            return Advice(
                what: "a JSON value is expected here",
                why: isNumber ? "a JSON number starts with a digit or `-`" : "text needs double quotes in JSON",
                fix: isNumber ? "write it as in `0.5` or `12`" : "write `\"\(word)\"`")
        }
    }

    /// A key is expected.
    static func key(_ found: ArraySlice<UInt8>) -> Advice {
        found.isEmpty
            ? Advice(what: "the document ends inside a mapping", why: "the text is cut off", fix: "close it with `}`")
            : Advice(
                what: "a key in double quotes is expected here", why: "JSON's keys are text, and its quotes are double",
                fix: "write `\"key\": value`")
    }

    /// A comma stands before `close`.
    static func trailingComma(_ close: Character) -> Advice {
        Advice(
            what: "a comma stands before the closing `\(close)`", why: "JSON has no comma after the last value",
            fix: "remove the comma")
    }

    /// Neither a comma nor `close` follows a value.
    static func separator(_ close: Character, _ found: ArraySlice<UInt8>) -> Advice {
        found.isEmpty
            ? Advice(
                what: "the document ends where `,` or `\(close)` is expected", why: "the text is cut off",
                fix: "close it with `\(close)`")
            : Advice(
                what: "`,` or `\(close)` is expected here", why: "values are separated by commas",
                fix: "put a comma between the two values, or close with `\(close)`")
    }

    static let colon = Advice(
        what: "`:` is expected after the key", why: "every key has a value", fix: "write `\"key\": value`")

    static let moreText = Advice(
        what: "unexpected text after the JSON value", why: "a JSON file holds one value",
        fix: "remove it, or put the values in a list: `[1, 2]`")

    static let whole = Advice(
        what: "this is no JSON number", why: "it takes one digit, or several that do not start with 0",
        fix: "write it as in `-12`, or in quotes when it is text")

    static let fraction = Advice(
        what: "digits are expected after the decimal point", fix: "write it as in `1.0`, or leave the point out")

    static let exponent = Advice(what: "digits are expected in the exponent", fix: "write it as in `1e3`")

    static let openString = Advice(
        what: "the string is not closed", why: "the document ends inside it", fix: "close it with `\"`")

    static func control(_ byte: UInt8) -> Advice {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            Advice(
                what: "the string is not closed on its line", why: "a JSON string cannot span lines",
                fix: "close it with `\"`, or write `\\n` for a new line")
        default:
            Advice(
                what: "a control character must be written as an escape in a string",
                fix: byte == UInt8(ascii: "\t") ? "write `\\t` for a tab" : "write `\\u00\(hexadecimal(byte))`")
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    static func escape(_ byte: UInt8) -> Advice {
        let shown = byte < 0x80 ? "`\\\(Character(Unicode.Scalar(byte)))`" : "this"
        return Advice(
            what: "\(shown) is not a JSON escape", why: "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
            fix: "write `\\\\` for a backslash")
    }

    static let surrogate = Advice(
        what: "half of a surrogate pair stands alone", why: "characters beyond U+FFFF are two `\\u` escapes in a row",
        fix: "write both, as in `\\ud83d\\ude00`, or the character itself")

    static let hexadecimal = Advice(
        what: "four hexadecimal digits are expected after `\\u`", fix: "write it as in `\\u00e9`")
}
