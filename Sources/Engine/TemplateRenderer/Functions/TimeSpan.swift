/// A span as `fromNow` takes it: `1 day 3 hours`, `-1y2mo`.
///
/// The units come in falling order, each at most once; a year is 365 days and a month 30, as in the
/// reference implementation (github.com/json-e/json-e, `js/src/from-now.js`).
struct TimeSpan {
    let milliseconds: Int

    private static let units: [(names: [String], milliseconds: Int)] = [
        (["y", "yr", "year", "years"], 365 * 86_400_000),
        (["mo", "month", "months"], 30 * 86_400_000),
        (["w", "wk", "week", "weeks"], 7 * 86_400_000),
        (["d", "day", "days"], 86_400_000),
        (["h", "hr", "hour", "hours"], 3_600_000),
        (["m", "min", "minute", "minutes"], 60_000),
        (["s", "sec", "second", "seconds"], 1000),
    ]

    /// Nil when `text` is no span, or one that 64 bits of milliseconds cannot hold.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...].drop(while: Tokenizer.isSpace)
        var sign = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            rest = rest.dropFirst().drop(while: Tokenizer.isSpace)
        }
        var sum = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: Tokenizer.isDigit)
            rest = rest.dropFirst(digits.count).drop(while: Tokenizer.isSpace)
            let letters = rest.prefix { Tokenizer.startsName($0) }
            rest = rest.dropFirst(letters.count).drop(while: Tokenizer.isSpace)
            let name = String(decoding: letters, as: UTF8.self).lowercased()
            guard let count = Int(String(decoding: digits, as: UTF8.self)),
                let unit = Self.units[nextUnit...].firstIndex(where: { $0.names.contains(name) })
            else { return nil }
            let (product, tooLong) = count.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (total, overflow) = sum.addingReportingOverflow(product)
            if tooLong || overflow { return nil }
            sum = total
            nextUnit = unit + 1
        }
        milliseconds = sign * sum
    }
}
