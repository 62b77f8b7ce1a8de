import Documents

/// How much a synthetic table resembles its source, and how much of it repeats the source.
///
/// - A quantity's similarity is 1 minus the two-sample Kolmogorov–Smirnov statistic (the largest gap between the two
///   empirical distribution functions); a category's is 1 minus the total variation distance. Nulls count as a
///   category of their own. Keys and patterns aren't compared: their values are new by design.
/// - Correlation similarity is 1 minus half the mean absolute difference of the rank correlations.
/// - Privacy is 1 minus the share of synthetic rows that equal a source row, keys left out. It is a coarse sign, not
///   a guarantee: it says nothing about rows that are merely close.
struct TabularComparison {
    let report: ValidationReport

    init(source: CSVTable, synthetic: CSVTable) {
        guard source.header == synthetic.header else {
            report = Self.schemaMismatch(source.header, synthetic.header)
            return
        }
        let columns = source.header.indices.map { ColumnModel(name: source.header[$0], fields: source.column($0)) }
        var shown: [Node] = []
        var similarities: [Double] = []
        for (index, column) in columns.enumerated() where column.isCorrelated {
            let (measure, similarity) = Self.compare(column, source.column(index), synthetic.column(index))
            similarities.append(similarity)
            shown.append(
                [
                    "name": .string(column.name), "kind": .string(column.kind), "measure": .string(measure),
                    "similarity": .number(similarity),
                ])
        }
        let dependence = Self.correlationSimilarity(columns, source, synthetic)
        let copies = Self.copyShare(columns, source, synthetic)
        let parts = similarities + (dependence.map { [$0] } ?? [])
        report = ValidationReport(
            utility: parts.isEmpty ? nil : parts.reduce(0, +) / Double(parts.count), privacy: 1 - copies,
            isWellFormed: true,
            details: [
                "source_rows": .integer(source.rows.count),
                "synthetic_rows": .integer(synthetic.rows.count), "columns": .sequence(shown),
                "correlation_similarity": dependence.map { .number($0) } ?? .null,
                "exact_copy_share": .number(copies),
            ])
    }

    private static func schemaMismatch(_ source: [String], _ synthetic: [String]) -> ValidationReport {
        ValidationReport(
            utility: 0, privacy: nil, isWellFormed: false,
            details: [
                "missing_columns": .sequence(source.filter { !synthetic.contains($0) }.map { .string($0) }),
                "unexpected_columns": .sequence(synthetic.filter { !source.contains($0) }.map { .string($0) }),
                "hint": .string("the header must name the source's columns in the source's order"),
            ])
    }

    private static func compare(
        _ column: ColumnModel, _ source: [String], _ synthetic: [String]
    ) -> (measure: String, similarity: Double) {
        guard case .continuous(_, let format) = column.marginal else {
            return ("tv_complement", 1 - totalVariation(source, synthetic))
        }
        let left = source.compactMap(format.quantity).sorted()
        let right = synthetic.compactMap(format.quantity).sorted()
        guard !left.isEmpty, !right.isEmpty else { return ("ks_complement", 0) }
        let nulls = abs(
            Double(left.count) / Double(source.count) - Double(right.count) / Double(synthetic.count))
        return ("ks_complement", max(0, 1 - kolmogorovSmirnov(left, right) - nulls))
    }

    /// The largest gap between two empirical distribution functions; both arrays ascend and hold something.
    static func kolmogorovSmirnov(_ left: [Double], _ right: [Double]) -> Double {
        var gap = 0.0
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            let value = min(left[i], right[j])
            while i < left.count, left[i] == value { i += 1 }
            while j < right.count, right[j] == value { j += 1 }
            gap = max(gap, abs(Double(i) / Double(left.count) - Double(j) / Double(right.count)))
        }
        return gap
    }

    /// Half the sum of the absolute differences of two sets of shares.
    static func totalVariation(_ left: [String], _ right: [String]) -> Double {
        guard !left.isEmpty, !right.isEmpty else { return 1 }
        var differences: [String: Double] = [:]
        for value in left { differences[value, default: 0] += 1 / Double(left.count) }
        for value in right { differences[value, default: 0] -= 1 / Double(right.count) }
        return min(1, differences.values.reduce(0) { $0 + abs($1) } / 2)
    }

    private static func correlationSimilarity(
        _ columns: [ColumnModel], _ source: CSVTable, _ synthetic: CSVTable
    ) -> Double? {
        let indices = columns.indices.filter { columns[$0].isCorrelated }
        guard indices.count >= 2 else { return nil }
        let left = GaussianCopula(positions: indices.map { columns[$0].positions(of: source.column($0)) })
        let right = GaussianCopula(positions: indices.map { columns[$0].positions(of: synthetic.column($0)) })
        var difference = 0.0
        for i in indices.indices {
            for j in 0..<i { difference += abs(left.correlation[i][j] - right.correlation[i][j]) }
        }
        return 1 - difference / Double(indices.count * (indices.count - 1) / 2) / 2
    }

    private static func copyShare(_ columns: [ColumnModel], _ source: CSVTable, _ synthetic: CSVTable) -> Double {
        let kept = columns.indices.filter { columns[$0].kind != "key" }
        guard !kept.isEmpty else { return 0 }
        let known = Set(source.rows.map { row in kept.map { row[$0] } })
        let copies = synthetic.rows.count { row in known.contains(kept.map { row[$0] }) }
        return Double(copies) / Double(synthetic.rows.count)
    }
}
