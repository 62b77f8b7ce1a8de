import Glibc

/// The standard normal distribution: its distribution function and the inverse of it.
package enum NormalDistribution {
    /// P(Z ≤ z), through the complementary error function, accurate in both tails.
    package static func cumulative(_ z: Double) -> Double {
        0.5 * erfc(-z / 2.0.squareRoot())
    }

    /// The z for which P(Z ≤ z) is `probability`, which must lie in (0, 1); the ends are clamped to ±8.3.
    ///
    /// P. J. Acklam's rational approximation (relative error below 1.15e-9) followed by one step of Halley's method.
    package static func quantile(_ probability: Double) -> Double {
        let p = min(max(probability, 1e-16), 1 - 1e-16)
        let tail = 0.02425
        let start: Double
        if p < tail {
            start = tailQuantile((-2 * log(p)).squareRoot())
        } else if p > 1 - tail {
            start = -tailQuantile((-2 * log(1 - p)).squareRoot())
        } else {
            let q = p - 0.5
            let r = q * q
            start = q * polynomial(centreNumerator, r) / (polynomial(centreDenominator, r) * r + 1)
        }
        let error = cumulative(start) - p
        let step = error * (2 * Double.pi).squareRoot() * exp(start * start / 2)
        return start - step / (1 + start * step / 2)
    }

    private static func tailQuantile(_ q: Double) -> Double {
        polynomial(tailNumerator, q) / (polynomial(tailDenominator, q) * q + 1)
    }

    /// Horner's scheme, highest power first.
    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }

    private static let centreNumerator = [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
        1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    private static let centreDenominator = [
        -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
        6.680131188771972e+01, -1.328068155288572e+01,
    ]
    private static let tailNumerator = [
        -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
        -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
    ]
    private static let tailDenominator = [
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
    ]
}
