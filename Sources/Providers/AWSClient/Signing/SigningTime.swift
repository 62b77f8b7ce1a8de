import FoundationEssentials

/// A moment as signatures have it: `20150830T123600Z`, and its day `20150830`.
struct SigningTime: Sendable, Hashable {
    let stamp: String

    var day: String { String(stamp.prefix(8)) }

    init(secondsSince1970: Int) {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
        stamp = Date(timeIntervalSince1970: Double(secondsSince1970)).formatted(style)
    }
}
