extension ColumnModel {
    /// Knots kept of a continuous distribution: more would hand on the source's values one by one.
    private static let maximumQuantiles = 257

    /// Learns a column from its fields; empty ones are nulls.
    package init(name: String, fields: [String]) {
        let values = fields.filter { !$0.isEmpty }
        self.name = name
        nullShare = fields.isEmpty ? 0 : Double(fields.count - values.count) / Double(fields.count)
        marginal = Self.marginal(of: values)
    }

    private static func marginal(of values: [String]) -> Marginal {
        guard let (format, quantities) = NumberFormat.infer(values) else { return textMarginal(values) }
        if format == .integer, let next = keyAfter(quantities) { return .key(next: next) }
        let sorted = quantities.sorted()
        let distinct = 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
        // Between two of few values there is usually nothing: a flag of 0 and 1, a rating of 1 to 5, one fixed price.
        if distinct == 1 || (distinct <= 20 && distinct * 4 <= sorted.count) {
            return discrete(values, ascendingBy: { format.quantity($0) ?? 0 })
        }
        return .continuous(quantiles: quantiles(of: sorted), format: format)
    }

    private static func keyAfter(_ quantities: [Double]) -> Int64? {
        guard quantities.count >= 3, let last = quantities.last,
            zip(quantities, quantities.dropFirst()).allSatisfy({ $1 == $0 + 1 })
        else { return nil }
        return Int64(last) + 1
    }

    private static func quantiles(of sorted: [Double]) -> [Double] {
        guard sorted.count > maximumQuantiles else { return sorted }
        return (0..<maximumQuantiles).map { knot in
            let position = Double(knot) / Double(maximumQuantiles - 1) * Double(sorted.count - 1)
            let lower = Int(position)
            let upper = min(lower + 1, sorted.count - 1)
            return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
        }
    }

    private static func textMarginal(_ values: [String]) -> Marginal {
        guard !values.isEmpty else { return .discrete(values: [""], cumulative: [1]) }
        let distinct = Set(values).count
        if values.count >= 10, distinct * 2 > values.count { return .pattern(shapes: shapes(of: values)) }
        return discrete(values, ascendingBy: nil)
    }

    private static func discrete(_ values: [String], ascendingBy quantity: ((String) -> Double)?) -> Marginal {
        let counts = values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let ordered = counts.sorted { left, right in
            if let quantity, quantity(left.key) != quantity(right.key) {
                return quantity(left.key) < quantity(right.key)
            }
            if quantity == nil, left.value != right.value { return left.value > right.value }
            return left.key < right.key
        }
        var total = 0
        let cumulative = ordered.map { pair in
            total += pair.value
            return Double(total) / Double(values.count)
        }
        return .discrete(values: ordered.map(\.key), cumulative: cumulative)
    }

    private static func shapes(of values: [String]) -> [String] {
        let stride = max(1, values.count / 1_000)
        return Swift.stride(from: 0, to: values.count, by: stride).map { shape(of: values[$0]) }
    }

    private static func shape(of value: String) -> String {
        String(
            value.map { character in
                if character.isUppercase { return "A" }
                if character.isLetter { return "a" }
                return character.isNumber ? "0" : character
            })
    }

    /// The place of each field in the distribution, strictly between 0 and 1; a null stands in the middle.
    ///
    /// Equal values share the middle of their ranks (midranks), as rank correlation asks for.
    func positions(of fields: [String]) -> [Double] {
        switch marginal {
        case .key, .pattern:
            return fields.map { _ in 0.5 }
        case .continuous(_, let format):
            let quantities = fields.map { $0.isEmpty ? nil : format.quantity($0) }
            let sorted = quantities.compactMap { $0 }.sorted()
            return quantities.map { quantity in
                guard let quantity else { return 0.5 }
                let lower = SortedSearch.lowerBound(sorted, quantity)
                let upper = SortedSearch.upperBound(sorted, quantity)
                return Double(lower + upper) / 2 / Double(sorted.count)
            }
        case .discrete(let values, let cumulative):
            var middles: [String: Double] = [:]
            for (index, value) in values.enumerated() {
                middles[value] = ((index == 0 ? 0 : cumulative[index - 1]) + cumulative[index]) / 2
            }
            return fields.map { middles[$0] ?? 0.5 }
        }
    }
}

/// Binary search in an ascending array.
enum SortedSearch {
    /// The number of elements that are less than `value`.
    static func lowerBound(_ sorted: [Double], _ value: Double) -> Int {
        partition(sorted) { $0 < value }
    }

    /// The number of elements that are not greater than `value`.
    static func upperBound(_ sorted: [Double], _ value: Double) -> Int {
        partition(sorted) { $0 <= value }
    }

    private static func partition(_ sorted: [Double], _ belongsBefore: (Double) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if belongsBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
