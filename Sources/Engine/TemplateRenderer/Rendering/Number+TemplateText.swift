import Documents

extension Number {
    /// How a text shows the number: the digits of whole numbers as they are, others as ECMAScript's
    /// `Number::toString` (ECMA-262, 6.1.6.1.20) writes them: `3.75`, `1e+21`, `1e-7`.
    var templateText: String {
        if isInteger, let digits = portableText { return digits == "-0" ? "0" : digits }
        let value = double
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return (value < 0 ? "-" : "") + Self.text(ofPositive: abs(value))
    }

    private static func text(ofPositive value: Double) -> String {
        // Swift's description has the shortest digits that read back as the value; only their layout differs.
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        let written = mantissa[0] + fraction
        let digits = written.drop { $0 == "0" }
        let leadingZeros = written.utf8.count - digits.utf8.count
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        /// The value is `0.digits` times ten to this power.
        let point = mantissa[0].utf8.count - leadingZeros + exponent
        return layOut(String(digits), point: point)
    }

    private static func layOut(_ digits: String, point: Int) -> String {
        var digits = digits
        while digits.utf8.count > 1, digits.last == "0" { digits.removeLast() }
        let count = digits.utf8.count
        if count <= point, point <= 21 { return digits + String(repeating: "0", count: point - count) }
        if 0 < point, point <= 21 { return digits.prefix(point) + "." + digits.dropFirst(point) }
        if -6 < point, point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        let exponent = point - 1
        let mantissa = count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
    }
}
