/// A length of time as people write it: `30s`, `5m`, `1h30m`, `30d`, `500ms`, `2w`.
public struct TimeSpan: Sendable, Hashable, Comparable {
    public let milliseconds: Int

    public init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    public init(seconds: Int) {
        milliseconds = seconds * 1000
    }

    private static let units: [(String, Int)] = [
        ("ms", 1), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
    ]

    /// Reads one or more numbers with units, largest first or not; a bare `0` is no time at all.
    public init?(_ text: String) {
        if text == "0" {
            self.init(milliseconds: 0)
            return
        }
        var rest = Substring(text)
        var total = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let amount = Int(digits), let unit = Self.units.first(where: { rest.hasPrefix($0.0) }) else {
                return nil
            }
            let (span, overflow) = amount.multipliedReportingOverflow(by: unit.1)
            let (sum, overflowed) = total.addingReportingOverflow(span)
            guard !overflow, !overflowed else { return nil }
            total = sum
            rest = rest.dropFirst(unit.0.count)
        }
        guard !text.isEmpty else { return nil }
        self.init(milliseconds: total)
    }

    /// Whole seconds, rounded up.
    public var seconds: Int { (milliseconds + 999) / 1000 }

    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

extension TimeSpan: CustomStringConvertible {
    /// The one or two largest units: `1h30m`, `2d4h`, `45s`.
    public var description: String {
        if milliseconds < 1000 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        var rest = milliseconds
        var text = ""
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
            if text.filter(\.isLetter).count == 2 { break }
        }
        return text
    }
}
