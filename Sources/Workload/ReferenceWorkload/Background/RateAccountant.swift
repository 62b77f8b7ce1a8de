/// Turns elapsed time into whole records at an exact rate: what is left over of one tick counts in the next.
///
/// Integer arithmetic throughout, so no rate drifts: over any span the records due differ from
/// `elapsed · rate / hour` by less than one.
package struct RateAccountant: Equatable, Sendable {
    private static let nanosecondsPerHour: UInt64 = 3_600_000_000_000

    /// The longest span that one call makes up for; after a longer pause (a suspended process) the rest is dropped.
    package static let maximumCatchUp: Duration = .seconds(10)

    private let ratePerHour: UInt64
    /// Record-nanoseconds that are due but don't make a whole record, less than one hour's nanoseconds.
    private var remainder: UInt64 = 0

    package init(ratePerHour: UInt64) {
        self.ratePerHour = ratePerHour
    }

    /// The records that came due in `elapsed`; negative spans count as none.
    package mutating func recordsDue(after elapsed: Duration) -> Int {
        let span = min(max(elapsed, .zero), Self.maximumCatchUp)
        let (seconds, attoseconds) = span.components
        let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
        let product = nanoseconds.multipliedFullWidth(by: ratePerHour)
        // The high half stays below the divisor for every rate that the configuration admits.
        let low = product.low.addingReportingOverflow(remainder)
        let high = product.high + (low.overflow ? 1 : 0)
        let (quotient, rest) = Self.nanosecondsPerHour.dividingFullWidth((high, low.partialValue))
        remainder = rest
        return Int(clamping: quotient)
    }
}
