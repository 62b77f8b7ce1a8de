/// What is learnt of a table, and the synthetic rows drawn from it.
package struct TabularModel: Sendable {
    /// How the columns of a synthetic row depend on each other.
    package enum Algorithm: String, CaseIterable, Sendable {
        /// Marginals joined by a Gaussian copula.
        case gaussianCopula = "gaussian-copula"
        /// Every column drawn by itself.
        case independent
    }

    package let columns: [ColumnModel]
    private let correlated: [Int]
    private let copula: GaussianCopula

    /// Rows that the correlations are learnt from, spread evenly over the table: more change little and cost much.
    private static let maximumCorrelationRows = 20_000

    /// Learns the marginals and, for the copula, the correlations of `table`.
    package init(fitting table: CSVTable, algorithm: Algorithm = .gaussianCopula) {
        let fields = table.header.indices.map { table.column($0) }
        let columns = zip(table.header, fields).map { ColumnModel(name: $0, fields: $1) }
        let correlated = columns.indices.filter { columns[$0].isCorrelated }
        self.columns = columns
        self.correlated = correlated
        switch algorithm {
        case .gaussianCopula:
            let step = max(1, table.rows.count / Self.maximumCorrelationRows)
            copula = GaussianCopula(
                positions: correlated.map { index in
                    columns[index].positions(
                        of: stride(from: 0, to: table.rows.count, by: step).map { fields[index][$0] })
                })
        case .independent:
            copula = GaussianCopula(
                correlation: correlated.map { i in correlated.map { $0 == i ? 1 : 0 } })
        }
    }

    package var header: [String] { columns.map(\.name) }

    /// Draws one row.
    ///
    /// - Parameter number: which synthetic row this is, counted from 0; keys are counted on from it.
    package func row(_ number: Int64, using random: inout SeededGenerator) -> [String] {
        var positions = [Double](repeating: 0.5, count: columns.count)
        for (index, position) in zip(correlated, copula.sample(using: &random)) { positions[index] = position }
        return zip(columns, positions).map { column, position in
            if column.nullShare > 0, random.nextUnit() < column.nullShare { return "" }
            return column.value(at: position, row: number, using: &random)
        }
    }
}
