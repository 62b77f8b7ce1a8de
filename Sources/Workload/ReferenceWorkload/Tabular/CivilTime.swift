/// Days and seconds of the proleptic Gregorian calendar in UTC, without leap seconds, as ISO 8601 text.
///
/// The day arithmetic counts from 1 March, so that the leap day is the last of its year (the method of H. Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
package enum CivilTime {
    /// Reads `YYYY-MM-DD` as days since 1970-01-01; nil for any other text and for days that don't exist.
    package static func days(_ text: some StringProtocol) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let shiftedMonth = (month + 9) % 12
        let shiftedYear = year - (month <= 2 ? 1 : 0)
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        // 31 April reads as 1 May: only a day that is written back as it was read exists.
        return date(days) == String(text) ? days : nil
    }

    /// Writes days since 1970-01-01 as `YYYY-MM-DD`; the year is kept within 0000...9999.
    package static func date(_ days: Int64) -> String {
        let shifted = min(max(days, -719_528), 2_932_896) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, a space for the `T` allowed, `Z` at the end optional, as seconds since the epoch.
    package static func seconds(_ text: some StringProtocol) -> Int64? {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "Z") { bytes.removeLast() }
        guard bytes.count == 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let day = days(String(decoding: bytes[0..<10], as: UTF8.self)),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            hour < 24, minute < 60, second < 60
        else { return nil }
        return day * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// Writes seconds since the epoch as `YYYY-MM-DD`, `separator`, `HH:MM:SS`, without a zone.
    package static func dateTime(_ seconds: Int64, separator: String = "T") -> String {
        let day = Int64((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - day * 86_400
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { padded($0, to: 2) }.joined(separator: ":")
        return date(day) + separator + clock
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
