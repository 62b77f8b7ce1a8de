/// What is learnt of one column: its share of nulls, and the distribution of its values.
///
/// Nulls are drawn independently of every other column.
package struct ColumnModel: Sendable {
    /// How values of the column are distributed and written.
    package enum Marginal: Equatable, Sendable {
        /// Consecutive whole numbers, a row each: synthetic keys go on after the last one.
        case key(next: Int64)
        /// The inverse of the empirical distribution function, linear between the sorted `quantiles`.
        case continuous(quantiles: [Double], format: NumberFormat)
        /// A value each with the running total of the shares; numbers in ascending order, other values by frequency.
        case discrete(values: [String], cumulative: [Double])
        /// Text that is nearly unique, such as names and addresses: only the shape of a value is learnt (upper case,
        /// lower case, digit, punctuation), so that no source value is handed on.
        case pattern(shapes: [String])
    }

    package let name: String
    package let nullShare: Double
    package let marginal: Marginal

    /// Whether the column takes part in the correlations: keys and patterns don't.
    package var isCorrelated: Bool {
        switch marginal {
        case .continuous, .discrete: true
        case .key, .pattern: false
        }
    }

    /// The name of the kind of the column, as reports show it.
    package var kind: String {
        switch marginal {
        case .key: "key"
        case .continuous(_, .integer): "integer"
        case .continuous(_, .decimal): "decimal"
        case .continuous(_, .date): "date"
        case .continuous(_, .timestamp): "timestamp"
        case .discrete: "category"
        case .pattern: "pattern"
        }
    }

    /// The value at the fraction `u` (0 to 1) of the distribution; a pattern is filled from `random`.
    ///
    /// - Parameter row: the number of the synthetic row, which a key is counted from.
    func value(at u: Double, row: Int64, using random: inout SeededGenerator) -> String {
        switch marginal {
        case .key(let next):
            return String(next &+ row)
        case .continuous(let quantiles, let format):
            let position = u * Double(quantiles.count - 1)
            let lower = min(Int(position), max(0, quantiles.count - 2))
            let upper = min(lower + 1, quantiles.count - 1)
            let share = position - Double(lower)
            return format.text(quantiles[lower] * (1 - share) + quantiles[upper] * share)
        case .discrete(let values, let cumulative):
            return values[min(SortedSearch.lowerBound(cumulative, u), values.count - 1)]
        case .pattern(let shapes):
            return Self.fill(shapes[Int.random(in: 0..<shapes.count, using: &random)], using: &random)
        }
    }

    private static func fill(_ shape: String, using random: inout SeededGenerator) -> String {
        var text = ""
        for character in shape {
            switch character {
            case "A": text.unicodeScalars.append(letter(0x41, 26, &random))
            case "a": text.unicodeScalars.append(letter(0x61, 26, &random))
            case "0": text.unicodeScalars.append(letter(0x30, 10, &random))
            default: text.append(character)
            }
        }
        return text
    }

    private static func letter(_ first: UInt8, _ count: UInt8, _ random: inout SeededGenerator) -> Unicode.Scalar {
        Unicode.Scalar(first + UInt8.random(in: 0..<count, using: &random))
    }
}
