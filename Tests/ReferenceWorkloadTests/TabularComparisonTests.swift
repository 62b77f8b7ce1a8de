import Documents
import Testing

@testable import ReferenceWorkload

@Suite struct TabularComparisonTests {
    @Test func aTableIsLikeItselfAndCopiesItself() {
        let report = TabularComparison(source: CustomerSample.table, synthetic: CustomerSample.table).report
        #expect(report.utility == 1)
        #expect(report.privacy == 0)
    }

    @Test func aChangedColumnLowersUtility() {
        var changed = CustomerSample.table
        for index in changed.rows.indices { changed.rows[index][2] = "18" }
        let report = TabularComparison(source: CustomerSample.table, synthetic: changed).report
        #expect(report.utility ?? 1 < 0.9)
        #expect(report.privacy ?? 0 > 0.9)
    }

    @Test func aDifferentHeaderIsNotWellFormed() {
        let other = CSVTable(header: ["age", "size"], rows: [["1", "2"]])
        let report = TabularComparison(source: CustomerSample.table, synthetic: other).report
        #expect(!report.isWellFormed)
        #expect(report.utility == 0)
        #expect(report.privacy == nil)
        #expect(report.details["unexpected_columns"] == ["size"])
    }

    @Test func theLargestGapIsTheKolmogorovSmirnovStatistic() {
        #expect(TabularComparison.kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5)
        #expect(TabularComparison.kolmogorovSmirnov([1, 1], [1, 1]) == 0)
        #expect(TabularComparison.kolmogorovSmirnov([1], [2]) == 1)
    }

    @Test func totalVariationIsHalfTheDifferenceOfShares() {
        #expect(TabularComparison.totalVariation(["a", "a", "b", "b"], ["a", "b", "b", "b"]) == 0.25)
        #expect(TabularComparison.totalVariation(["a"], ["b"]) == 1)
    }
}
