import Glibc

/// How a column writes its quantities, so that synthetic values look like the source's.
package enum NumberFormat: Equatable, Sendable {
    case integer
    /// A fixed number of decimals; nil writes the shortest text that reads back as the same number.
    case decimal(places: Int?)
    /// `YYYY-MM-DD`; the quantity is days since 1970-01-01.
    case date
    /// ISO 8601 date and time; the quantity is seconds since the epoch.
    case timestamp(separator: String, suffix: String)

    /// Larger numbers are taken for text: sums of their squares would not be finite.
    package static let maximumMagnitude = 1e100

    /// The narrowest format that every field follows, with the fields as quantities; nil when there is none.
    package static func infer(_ fields: [String]) -> (format: NumberFormat, quantities: [Double])? {
        guard let first = fields.first else { return nil }
        if let days = all(fields, { CivilTime.days($0).map(Double.init) }) { return (.date, days) }
        if let seconds = all(fields, { CivilTime.seconds($0).map(Double.init) }) {
            let separator = first.contains("T") ? "T" : " "
            return (.timestamp(separator: separator, suffix: first.hasSuffix("Z") ? "Z" : ""), seconds)
        }
        if let numbers = all(fields, { isInteger($0) ? Double($0) : nil }) { return (.integer, numbers) }
        guard let numbers = all(fields, { isNumber($0) ? Double($0) : nil }),
            numbers.allSatisfy({ abs($0) < maximumMagnitude })
        else {
            return nil
        }
        return (.decimal(places: places(fields)), numbers)
    }

    /// The quantity as text of this format, rounded as the format needs.
    package func text(_ quantity: Double) -> String {
        switch self {
        case .integer: return Self.whole(quantity)
        case .decimal(nil): return "\(quantity)"
        case .decimal(let places?): return Self.fixed(quantity, places: places)
        case .date: return CivilTime.date(Int64(quantity.rounded()))
        case .timestamp(let separator, let suffix):
            return CivilTime.dateTime(Int64(quantity.rounded()), separator: separator) + suffix
        }
    }

    /// The quantity that a field holds; nil when the field doesn't follow the format.
    package func quantity(_ field: String) -> Double? {
        switch self {
        case .integer, .decimal: return Self.isNumber(field) ? Double(field) : nil
        case .date: return CivilTime.days(field).map(Double.init)
        case .timestamp: return CivilTime.seconds(field).map(Double.init)
        }
    }

    private static func all(_ fields: [String], _ parse: (String) -> Double?) -> [Double]? {
        var quantities: [Double] = []
        quantities.reserveCapacity(fields.count)
        for field in fields {
            guard let quantity = parse(field) else { return nil }
            quantities.append(quantity)
        }
        return quantities
    }

    /// At most 15 digits, which a Double holds exactly. A leading zero marks a code, such as a postal one.
    private static func isInteger(_ field: String) -> Bool {
        let digits = field.utf8.first == UInt8(ascii: "-") ? field.utf8.dropFirst() : field.utf8[...]
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return digits.count == 1 || digits.first != UInt8(ascii: "0")
    }

    private static func isNumber(_ field: String) -> Bool {
        let allowed = Array("0123456789+-.eE".utf8)
        guard !field.isEmpty, field.utf8.allSatisfy(allowed.contains) else { return false }
        let digits = field.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let code =
            digits.first == UInt8(ascii: "0") && digits.dropFirst().first.map { (0x30...0x39).contains($0) } == true
        return !code
    }

    private static func places(_ fields: [String]) -> Int? {
        var places = 0
        for field in fields {
            guard !field.contains(where: { $0 == "e" || $0 == "E" }) else { return nil }
            guard let dot = field.utf8.firstIndex(of: UInt8(ascii: ".")) else { continue }
            places = max(places, field.utf8.distance(from: dot, to: field.utf8.endIndex) - 1)
        }
        return places <= 9 ? places : nil
    }

    private static func whole(_ quantity: Double) -> String {
        Int64(exactly: quantity.rounded()).map(String.init) ?? "\(quantity)"
    }

    private static func fixed(_ quantity: Double, places: Int) -> String {
        guard places > 0 else { return whole(quantity) }
        let scale = pow(10, Double(places))
        guard let scaled = Int64(exactly: (quantity * scale).rounded()) else { return "\(quantity)" }
        let digits = String(scaled.magnitude)
        let filled = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        return (scaled < 0 ? "-" : "") + filled.dropLast(places) + "." + filled.suffix(places)
    }
}
