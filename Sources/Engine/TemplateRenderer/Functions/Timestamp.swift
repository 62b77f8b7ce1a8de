#if canImport(Glibc)
    import Glibc
#endif

/// A moment in milliseconds since 1970, read and written as RFC 3339.
struct Timestamp: Equatable {
    private static let millisecondsPerDay = 86_400_000
    /// The years 0 to 9999, which RFC 3339 can write.
    private static let range = -62_167_219_200_000..<253_402_300_800_000

    let milliseconds: Int

    private init?(milliseconds: Int) {
        guard Self.range.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    private init(clock: timespec) {
        milliseconds = clock.tv_sec * 1000 + clock.tv_nsec / 1_000_000
    }

    /// The wall clock's time.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(clock: time)
    }

    func advanced(by span: TimeSpan) -> Timestamp? {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span.milliseconds)
        return overflow ? nil : Timestamp(milliseconds: sum)
    }

    /// Reads `2017-01-19T16:27:20.974Z`: the fraction may be missing and is cut to milliseconds, and an
    /// offset may stand for `Z`.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard Tokenizer.isDigit(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func has(_ characters: String, at position: Int) -> Bool {
            position < bytes.count && characters.utf8.contains(bytes[position])
        }
        guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), has("Tt ", at: 10), let hour = number(11..<13), has(":", at: 13),
            let minute = number(14..<16), has(":", at: 16), let second = number(17..<19),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        var position = 19
        var fraction = 0
        if has(".", at: position) {
            let digits = bytes[(position + 1)...].prefix(while: Tokenizer.isDigit)
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 {
                fraction = fraction * 10 + (place < digits.count ? Int(bytes[position + 1 + place]) - 0x30 : 0)
            }
            position += 1 + digits.count
        }
        var offset = 0
        if has("+-", at: position) {
            guard let hours = number((position + 1)..<(position + 3)), has(":", at: position + 3),
                let minutes = number((position + 4)..<(position + 6)), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[position] == UInt8(ascii: "-") ? -1 : 1)
            position += 6
        } else if has("Zz", at: position) {
            position += 1
        } else {
            return nil
        }
        guard position == bytes.count else { return nil }
        let minutes = (Self.dayNumber(year, month, day) * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: (minutes * 60 + second) * 1000 + fraction)
    }

    /// In UTC with milliseconds.
    var text: String {
        let day = Int((Double(milliseconds) / Double(Self.millisecondsPerDay)).rounded(.down))
        let rest = milliseconds - day * Self.millisecondsPerDay
        let (year, month, dayOfMonth) = Self.date(ofDay: day)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
        let time = "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2))"
        return "\(date)T\(time).\(padded(rest % 1000, 3))Z"
    }

    // MARK: The calendar

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar, by eras of 400 years that begin
    /// in March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
