import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Arithmetic that stays whole as long as both sides are and the result fits, and is that of doubles
/// otherwise.
extension Number {
    static func + (left: Number, right: Number) -> Number {
        calculate(left, right, whole: { $0.addingReportingOverflow($1) }, +)
    }

    static func - (left: Number, right: Number) -> Number {
        calculate(left, right, whole: { $0.subtractingReportingOverflow($1) }, -)
    }

    static func * (left: Number, right: Number) -> Number {
        calculate(left, right, whole: { $0.multipliedReportingOverflow(by: $1) }, *)
    }

    /// The right side must not be zero.
    static func / (left: Number, right: Number) -> Number {
        guard let dividend = left.integer, let divisor = right.integer, divisor != 0, divisor != -1,
            dividend.isMultiple(of: divisor)
        else { return Number(left.double / right.double) }
        return Number(dividend / divisor)
    }

    static prefix func - (number: Number) -> Number {
        Number(0) - number
    }

    private static func calculate(
        _ left: Number, _ right: Number, whole: (Int, Int) -> (partialValue: Int, overflow: Bool),
        _ real: (Double, Double) -> Double
    ) -> Number {
        if let left = left.integer, let right = right.integer {
            let (value, overflow) = whole(left, right)
            if !overflow { return Number(value) }
        }
        return Number(real(left.double, right.double))
    }

    func raised(to exponent: Number) -> Number {
        if let base = integer, let exponent = exponent.integer, exponent >= 0,
            let value = Self.power(base, exponent)
        {
            return Number(value)
        }
        return Number(pow(double, exponent.double))
    }

    /// By repeated squaring, or nil when the result does not fit.
    private static func power(_ base: Int, _ exponent: Int) -> Int? {
        var (result, factor, left) = (1, base, exponent)
        while left > 0 {
            if left & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: factor)
                if overflow { return nil }
                result = product
            }
            left >>= 1
            guard left > 0 else { break }
            let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            factor = square
        }
        return result
    }

    func precedes(_ other: Number) -> Bool {
        if let left = integer, let right = other.integer { return left < right }
        return double < other.double
    }
}
