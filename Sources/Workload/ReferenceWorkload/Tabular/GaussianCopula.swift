/// The dependence of columns on each other, apart from how each one is distributed.
///
/// A Gaussian copula (Nelsen, "An Introduction to Copulas", 2006): normal scores of the ranks, their Pearson
/// correlation, and draws through its Cholesky factor. It keeps monotone pairwise dependence. It doesn't keep
/// dependence that is not monotone, is between more than two columns at once, or is strongest in the tails.
package struct GaussianCopula: Sendable {
    /// The correlation of the normal scores, row by row: symmetric, ones on the diagonal.
    package let correlation: [[Double]]
    private let factor: [[Double]]

    /// Learns the dependence from columns of positions strictly between 0 and 1, all of the same length.
    package init(positions columns: [[Double]]) {
        let scores = columns.map { column in Self.standardised(column.map(NormalDistribution.quantile)) }
        var matrix = Self.identity(columns.count)
        for i in scores.indices {
            for j in 0..<i {
                let sum = zip(scores[i], scores[j]).reduce(0) { $0 + $1.0 * $1.1 }
                matrix[i][j] = sum / Double(max(1, scores[i].count))
                matrix[j][i] = matrix[i][j]
            }
        }
        self.init(correlation: matrix)
    }

    /// Takes a correlation as it is; one that isn't positive definite is drawn towards independence until it is.
    package init(correlation: [[Double]]) {
        var shrinkage = 0.0
        while true {
            let candidate = Self.shrunk(correlation, by: shrinkage)
            if let factor = Self.cholesky(candidate) {
                self.correlation = candidate
                self.factor = factor
                return
            }
            // At 1 the candidate is the identity, whose factor always exists: the loop ends.
            shrinkage = min(1, max(1e-6, shrinkage * 1.5))
        }
    }

    /// One draw: a position in (0, 1) for every column.
    func sample(using random: inout SeededGenerator) -> [Double] {
        let normals = factor.indices.map { _ in random.nextNormal() }
        return factor.map { row in
            var sum = 0.0
            for (index, weight) in row.enumerated() { sum += weight * normals[index] }
            return NormalDistribution.cumulative(sum)
        }
    }

    private static func standardised(_ values: [Double]) -> [Double] {
        let count = Double(max(1, values.count))
        let mean = values.reduce(0, +) / count
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        return values.map { deviation > 1e-12 ? ($0 - mean) / deviation : 0 }
    }

    private static func identity(_ size: Int) -> [[Double]] {
        (0..<size).map { i in (0..<size).map { $0 == i ? 1 : 0 } }
    }

    private static func shrunk(_ matrix: [[Double]], by shrinkage: Double) -> [[Double]] {
        matrix.indices.map { i in
            matrix.indices.map { j in i == j ? 1 : matrix[i][j] * (1 - shrinkage) }
        }
    }

    /// The lower triangle L with L·Lᵀ = `matrix`, row i holding i + 1 numbers; nil unless positive definite.
    private static func cholesky(_ matrix: [[Double]]) -> [[Double]]? {
        var rows: [[Double]] = []
        for i in matrix.indices {
            var row: [Double] = []
            for j in 0...i {
                let other = j == i ? row : rows[j]
                var sum = matrix[i][j]
                for k in 0..<j { sum -= row[k] * other[k] }
                if i == j {
                    guard sum > 1e-10 else { return nil }
                    row.append(sum.squareRoot())
                } else {
                    row.append(sum / rows[j][j])
                }
            }
            rows.append(row)
        }
        return rows
    }
}
