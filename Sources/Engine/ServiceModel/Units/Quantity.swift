/// An amount of CPU, memory or storage as Kubernetes writes it: `500m`, `16Gi`, `1e3`, `0.5`.
///
/// Held in thousandths so that `100m` is exact. Grammar and suffixes:
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
public struct Quantity: Sendable, Hashable, Comparable {
    /// Thousandths of the unit.
    public let milli: Int

    public init(milli: Int) {
        self.milli = milli
    }

    private static let suffixes: [String: Double] = [
        "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
        "Pi": 1_125_899_906_842_624, "Ei": 1_152_921_504_606_846_976,
    ]

    /// Reads a quantity; nil when it is malformed, negative or beyond 2⁶³ thousandths.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var suffix = text.dropFirst(digits.count)
        var exponent = 0
        if let marker = suffix.first, marker == "e" || marker == "E", let value = Int(suffix.dropFirst()) {
            exponent = value
            suffix = ""
        }
        guard (-18...18).contains(exponent), let factor = Self.suffixes[String(suffix)],
            let value = Double(String(digits)),
            !digits.hasSuffix("."), !digits.hasPrefix(".")
        else { return nil }
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }
        let milli = (value * factor * (exponent < 0 ? 1 / power : power) * 1000).rounded(.up)
        guard milli < 9e18 else { return nil }
        self.init(milli: Int(milli))
    }

    /// The amount in whole units, rounded up, as Kubernetes' `Value()` does.
    public var units: Int { milli / 1000 + (milli % 1000 > 0 ? 1 : 0) }

    public var double: Double { Double(milli) / 1000 }

    public static func < (left: Self, right: Self) -> Bool { left.milli < right.milli }
}

extension Quantity: CustomStringConvertible {
    /// The shortest exact form: binary suffixes where they divide, `m` for fractions.
    public var description: String {
        guard milli % 1000 == 0 else { return "\(milli)m" }
        let units = milli / 1000
        for (suffix, factor) in [("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)]
        where units >= factor && units % factor == 0 {
            return "\(units / factor)\(suffix)"
        }
        return "\(units)"
    }
}
