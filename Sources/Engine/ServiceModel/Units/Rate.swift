/// Records produced in a time: `1.2M/hour`, `500/minute`, `50/hour`.
public struct Rate: Sendable, Hashable, Comparable {
    public let perHour: Double

    public init(perHour: Double) {
        self.perHour = perHour
    }

    private static let multiples: [(String, Double)] = [("B", 1e9), ("M", 1e6), ("K", 1e3)]
    private static let periods: [(String, Double)] = [
        ("hour", 1), ("h", 1), ("minute", 60), ("min", 60), ("second", 3600), ("s", 3600),
    ]

    /// Reads a number with an optional `K`, `M` or `B` and a period; nil when malformed or negative.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let period = Self.periods.first(where: { $0.0 == parts[1] }) else { return nil }
        let multiple = Self.multiples.first { parts[0].hasSuffix($0.0) || parts[0].hasSuffix($0.0.lowercased()) }
        let digits = multiple == nil ? parts[0] : parts[0].dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let amount = Double(String(digits))
        else { return nil }
        perHour = amount * (multiple?.1 ?? 1) * period.1
    }

    public static func < (left: Self, right: Self) -> Bool { left.perHour < right.perHour }
}

extension Rate: CustomStringConvertible {
    /// Two significant digits below ten, else whole: `1.2M/hour`, `85K/hour`, `50/hour`.
    public var description: String {
        for (suffix, factor) in Self.multiples where perHour >= factor * 0.9995 {
            return Self.short(perHour / factor) + suffix + "/hour"
        }
        return Self.short(perHour) + "/hour"
    }

    private static func short(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        if tenths >= 100 || tenths % 10 == 0 { return String(Int(value.rounded())) }
        return "\(tenths / 10).\(tenths % 10)"
    }
}
