/// The time format of HTTP's header fields: IMF-fixdate (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter seconds: since the epoch; not negative.
    static func text(_ seconds: Int64) -> String {
        let fields = CivilTime.dateTime(seconds).split { $0 == "-" || $0 == "T" }
        let weekday = weekdays[Int(seconds / 86_400 % 7)]
        let month = months[(Int(fields[1]) ?? 1) - 1]
        return "\(weekday), \(fields[2]) \(month) \(fields[0]) \(fields[3]) GMT"
    }
}
