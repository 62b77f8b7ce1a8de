import Testing

@testable import ReferenceWorkload

@Suite struct RateAccountantTests {
    @Test(arguments: [1, 7, 3_600, 100_000, 1_200_000, 999_999_937] as [UInt64])
    func uneventfulHoursGiveExactlyTheRate(rate: UInt64) {
        var accountant = RateAccountant(ratePerHour: rate)
        var random = SeededGenerator(seed: rate)
        var left = 3 * 3_600_000_000_000 as Int64
        var records = 0
        while left > 0 {
            let tick = min(left, Int64.random(in: 1...500_000_000, using: &random))
            records += accountant.recordsDue(after: .nanoseconds(tick))
            left -= tick
        }
        #expect(records == Int(3 * rate))
    }

    @Test func aMinuteOfTicksIsWithinOneRecordOfTheRate() {
        var accountant = RateAccountant(ratePerHour: 1_200_000)
        let records = (0..<240).reduce(0) { sum, _ in sum + accountant.recordsDue(after: .milliseconds(250)) }
        #expect(records == 20_000)
    }

    @Test func aRateOfZeroNeverComesDue() {
        var accountant = RateAccountant(ratePerHour: 0)
        #expect(accountant.recordsDue(after: .seconds(10)) == 0)
    }

    @Test func longPausesAndClocksThatGoBackAreBounded() {
        var accountant = RateAccountant(ratePerHour: 3_600)
        #expect(accountant.recordsDue(after: .seconds(86_400)) == 10)
        #expect(accountant.recordsDue(after: .seconds(-5)) == 0)
        #expect(accountant.recordsDue(after: .seconds(1)) == 1)
    }

    @Test func theHighestRateDoesNotOverflow() {
        var accountant = RateAccountant(ratePerHour: 1_000_000_000_000)
        #expect(accountant.recordsDue(after: .seconds(9)) == 2_500_000_000)
    }
}
