/// A rate of transfer in bits a second, in decimal units: `10Gbps`, `500Mbps`.
public struct Bandwidth: Sendable, Hashable, Comparable {
    public let bitsPerSecond: Int

    private static let units: [(String, Int)] = [
        ("Tbps", 1_000_000_000_000), ("Gbps", 1_000_000_000), ("Mbps", 1_000_000), ("Kbps", 1000), ("kbps", 1000),
        ("bps", 1),
    ]

    /// Reads a whole number or decimal with a unit; nil when it is malformed or zero.
    public init?(_ text: String) {
        guard let unit = Self.units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        let digits = text.dropLast(unit.0.count)
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let amount = Double(String(digits)),
            amount > 0, amount * Double(unit.1) < 9e18
        else { return nil }
        bitsPerSecond = Int(amount * Double(unit.1))
    }

    /// The spelling of the Kubernetes bandwidth annotations, which take a quantity of bits (`10G`).
    public var quantity: String {
        for (suffix, factor) in [("T", 1_000_000_000_000), ("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)]
        where bitsPerSecond % factor == 0 {
            return "\(bitsPerSecond / factor)\(suffix)"
        }
        return "\(bitsPerSecond)"
    }

    public static func < (left: Self, right: Self) -> Bool { left.bitsPerSecond < right.bitsPerSecond }
}
