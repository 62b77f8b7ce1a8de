#if canImport(Glibc)
    import Glibc
#endif

/// A number as it was written, so that big integers keep their digits and `1.10` stays `1.10` where
/// a string turns out to be wanted.
public struct Number: Sendable {
    /// The digits as written: YAML 1.2 core schema or JSON.
    public let text: String

    /// Takes text that ``CoreSchema`` or a JSON reader has recognised as a number.
    init(recognised text: String) {
        self.text = text
    }

    public init(_ value: Int) {
        text = String(value)
    }

    public init(_ value: Double) {
        if value.isNaN {
            text = ".nan"
        } else if value.isInfinite {
            text = value < 0 ? "-.inf" : ".inf"
        } else if value == value.rounded(), abs(value) < 1e15 {
            text = String(Int(value))
        } else {
            text = value.description
        }
    }

    /// Whether it is written as a whole number (`1e3` and `1.0` are not).
    public var isInteger: Bool {
        if radixDigits != nil { return true }
        return !text.utf8.contains { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        }
    }

    /// The value when it is whole and fits in 64 bits; `1e3` and `2.0` are whole.
    public var integer: Int? {
        if let (digits, radix) = radixDigits { return Int(digits, radix: radix) }
        if let value = Int(text) { return value }
        let value = double
        guard value == value.rounded(), abs(value) <= 9_007_199_254_740_992, !isInteger else { return nil }
        return Int(value)
    }

    /// The nearest double.
    public var double: Double {
        if let (digits, radix) = radixDigits { return UInt64(digits, radix: radix).map(Double.init) ?? .infinity }
        switch text.lowercased() {
        case ".nan": return .nan
        case ".inf", "+.inf": return .infinity
        case "-.inf": return -.infinity
        default: return Double(text) ?? strtod(text, nil)
        }
    }

    /// The digits and radix of `0o17` and `0xF`.
    private var radixDigits: (Substring, Int)? {
        guard text.utf8.count > 2, text.utf8.first == UInt8(ascii: "0") else { return nil }
        switch text.utf8[text.utf8.index(after: text.utf8.startIndex)] {
        case UInt8(ascii: "o"): return (text.dropFirst(2), 8)
        case UInt8(ascii: "x"): return (text.dropFirst(2), 16)
        default: return nil
        }
    }

    /// The number in a spelling that YAML 1.1, YAML 1.2 and JSON readers all take for the same number,
    /// or nil for infinities and not-a-number, which JSON cannot hold.
    public var portableText: String? {
        if radixDigits != nil { return integer.map(String.init) ?? String(double) }
        if isInteger { return portableInteger }
        guard double.isFinite else { return nil }
        return portableFloat
    }

    /// Decimal digits without `+` or leading zeros.
    private var portableInteger: String {
        var digits = Substring(text)
        let negative = digits.first == "-"
        if negative || digits.first == "+" { digits = digits.dropFirst() }
        let significant = digits.drop { $0 == "0" }
        if significant.isEmpty { return negative ? "-0" : "0" }
        return (negative ? "-" : "") + significant
    }

    /// `1e3` becomes `1.0e+3`: YAML 1.1 wants the point and the exponent's sign.
    private var portableFloat: String {
        var body = Substring(text)
        let negative = body.first == "-"
        if negative || body.first == "+" { body = body.dropFirst() }
        let parts = body.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = mantissa[0].drop { $0 == "0" }
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var result = (negative ? "-" : "") + (whole.isEmpty ? "0" : whole) + "." + (fraction.isEmpty ? "0" : fraction)
        if parts.count > 1 {
            let signed = parts[1].first == "-" || parts[1].first == "+"
            result += "e" + (signed ? "" : "+") + parts[1]
        }
        return result
    }
}

extension Number: Equatable {
    /// Equal as numbers: `1`, `1.0` and `0x1` are; integers beyond 64 bits compare by their digits.
    public static func == (left: Number, right: Number) -> Bool {
        if left.text == right.text { return true }
        if let left = left.integer, let right = right.integer { return left == right }
        if left.isInteger, right.isInteger { return left.portableText == right.portableText }
        return left.double == right.double
    }
}
