import Glibc

/// A series as the sum of a straight trend, a repeating season and noise that remembers its last value.
///
/// The classical additive decomposition with AR(1) residuals (Box, Jenkins and Reinsel, "Time Series Analysis"):
/// `value(t) = level + slope·t + season(t mod period) + noise(t)`, `noise(t) = memory·noise(t−1) + deviation·normal`.
/// It knows no change points, holidays, spikes, or changing variance.
package struct SeriesModel: Equatable, Sendable {
    package var level: Double
    /// The change from one point to the next.
    package var slope: Double
    /// What each position of the period adds; at least one element.
    package var season: [Double]
    /// The share of the last noise that stays, between -1 and 1.
    package var memory: Double
    /// The standard deviation of the fresh noise of every point.
    package var deviation: Double

    /// Learns the trend by least squares, the season as the mean of what the trend leaves at each position, and the
    /// noise from what is left then. `values` holds at least two periods.
    package init(fitting values: [Double], period: Int) {
        let (level, slope) = Self.line(through: values)
        let detrended = values.enumerated().map { $1 - level - slope * Double($0) }
        var season = (0..<period).map { position in
            let part = stride(from: position, to: detrended.count, by: period).map { detrended[$0] }
            return part.reduce(0, +) / Double(max(1, part.count))
        }
        if period == 1 { season = [0] }
        let noise = detrended.enumerated().map { $1 - season[$0 % period] }
        let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(max(1, noise.count))
        let products = zip(noise, noise.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(max(1, noise.count))
        memory = variance > 1e-12 ? min(max(products / variance, -0.99), 0.99) : 0
        deviation = (variance * (1 - memory * memory)).squareRoot()
        self.level = level
        self.slope = slope
        self.season = season
    }

    /// The built-in series: a slow rise, a daily wave over 24 points, and noise.
    package static let standard = SeriesModel(
        level: 100, slope: 0.01, season: (0..<24).map { 12 * sin(2 * Double.pi * Double($0) / 24) }, memory: 0.6,
        deviation: 2.5)

    private init(level: Double, slope: Double, season: [Double], memory: Double, deviation: Double) {
        self.level = level
        self.slope = slope
        self.season = season
        self.memory = memory
        self.deviation = deviation
    }

    /// Draws the values of consecutive points.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - first: the number of the first one, which places it on the trend and in the season.
    package func values(
        _ count: Int, from first: Int64 = 0, using random: inout SeededGenerator
    ) -> [Double] {
        // Starts in the stationary distribution, so that the first points are as noisy as the others.
        var noise = deviation / (1 - memory * memory).squareRoot() * random.nextNormal()
        return (0..<count).map { offset in
            let time = first + Int64(offset)
            if offset > 0 { noise = memory * noise + deviation * random.nextNormal() }
            return level + slope * Double(time) + season[Int(time % Int64(season.count))] + noise
        }
    }

    private static func line(through values: [Double]) -> (level: Double, slope: Double) {
        let count = Double(values.count)
        let meanTime = (count - 1) / 2
        let mean = values.reduce(0, +) / max(1, count)
        var covariance = 0.0
        var variance = 0.0
        for (time, value) in values.enumerated() {
            covariance += (Double(time) - meanTime) * (value - mean)
            variance += (Double(time) - meanTime) * (Double(time) - meanTime)
        }
        let slope = variance > 0 ? covariance / variance : 0
        return (mean - slope * meanTime, slope)
    }
}
