import Testing

@testable import ReferenceWorkload

@Suite struct TabularModelTests {
    @Test func theSameSeedGivesTheSameRows() {
        let model = TabularModel(fitting: CustomerSample.table)
        #expect(Self.rows(model, 50, seed: 1) == Self.rows(model, 50, seed: 1))
        #expect(Self.rows(model, 50, seed: 1) != Self.rows(model, 50, seed: 2))
    }

    @Test func marginalsAndCorrelationsArePreserved() {
        let synthetic = Self.table(TabularModel(fitting: CustomerSample.table), 4_000)
        let report = TabularComparison(source: CustomerSample.table, synthetic: synthetic).report
        #expect(report.utility ?? 0 > 0.95)
        #expect(abs(Self.rankCorrelation(CustomerSample.table, "annual_income", "monthly_spend")) > 0.6)
        let kept = Self.rankCorrelation(synthetic, "annual_income", "monthly_spend")
        #expect(abs(kept - Self.rankCorrelation(CustomerSample.table, "annual_income", "monthly_spend")) < 0.06)
    }

    @Test func independentColumnsLoseTheirCorrelation() {
        let synthetic = Self.table(TabularModel(fitting: CustomerSample.table, algorithm: .independent), 4_000)
        #expect(abs(Self.rankCorrelation(synthetic, "annual_income", "monthly_spend")) < 0.06)
        #expect(TabularComparison(source: CustomerSample.table, synthetic: synthetic).report.utility ?? 1 < 0.99)
    }

    @Test func columnsKeepTheirKindRangeAndNulls() throws {
        let text =
            "id,when,day,price,code,name,flag\n"
            + (0..<60).map { index in
                let day = index % 28 + 1
                let date = "2024-02-\(day < 10 ? "0" : "")\(day)"
                return "\(index + 7),\(date)T08:00:\(10 + index % 50)Z,\(date),\(index).50,00\(index % 9 + 1),"
                    + "Person\(index) X\(index * 37 % 60),\(index % 3 == 0 ? "" : "yes")"
            }.joined(separator: "\n")
        let source = try CSVReader.table(Array(text.utf8))
        let model = TabularModel(fitting: source)
        #expect(
            model.columns.map(\.kind) == ["key", "timestamp", "date", "decimal", "category", "pattern", "category"])
        let synthetic = Self.table(model, 900)
        #expect(synthetic.column(0).first == "67" && Set(synthetic.column(0)).count == 900)
        #expect(synthetic.column(1).allSatisfy { CivilTime.seconds($0) != nil && $0.hasSuffix("Z") })
        #expect(synthetic.column(2).allSatisfy { $0 >= "2024-02-01" && $0 <= "2024-02-28" })
        #expect(synthetic.column(3).allSatisfy { $0.split(separator: ".").last?.utf8.count == 2 })
        #expect(Set(synthetic.column(4)).isSubset(of: Set(source.column(4))))
        #expect(Set(synthetic.column(5)).intersection(source.column(5)).count < 5)
        let nulls = synthetic.column(6).count { $0.isEmpty }
        #expect((230...370).contains(nulls))
    }

    @Test func oneRowAndOneColumnAreEnough() throws {
        let model = TabularModel(fitting: try CSVReader.table(Array("a\n5\n".utf8)))
        #expect(Self.rows(model, 3, seed: 0) == [["5"], ["5"], ["5"]])
    }

    @Test func aColumnOfNullsStaysNull() throws {
        let model = TabularModel(fitting: try CSVReader.table(Array("a,b\n,1\n,2\n".utf8)))
        #expect(Self.rows(model, 20, seed: 0).allSatisfy { $0[0].isEmpty })
    }

    @Test func numbersTooLargeForArithmeticAreText() throws {
        let model = TabularModel(fitting: try CSVReader.table(Array("a,b\n1e308,1\n-1e308,2\n".utf8)))
        #expect(model.columns[0].kind == "category")
        #expect(Self.rows(model, 20, seed: 0).allSatisfy { ["1e308", "-1e308"].contains($0[0]) })
    }

    @Test func contradictoryCorrelationsAreDrawnTowardsIndependence() {
        let copula = GaussianCopula(correlation: [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
        var random = SeededGenerator(seed: 1)
        #expect(copula.correlation[0][1] < 0.9 && copula.correlation[0][1] > 0)
        #expect(copula.sample(using: &random).allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2000-02-29", 11_016), ("1969-12-31", -1), ("9999-12-31", 2_932_896),
        ("0000-01-01", -719_528),
    ])
    func datesAreDaysSinceTheEpoch(text: String, days: Int64) {
        #expect(CivilTime.days(text) == days)
        #expect(CivilTime.date(days) == text)
    }

    @Test(arguments: ["2023-02-29", "2024-13-01", "2024-04-31", "24-01-01", "2024/01/01", "2024-1-1", ""])
    func daysThatDoNotExistAreNotDates(text: String) {
        #expect(CivilTime.days(text) == nil)
    }

    private static func rows(_ model: TabularModel, _ count: Int64, seed: UInt64) -> [[String]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { model.row($0, using: &random) }
    }

    private static func table(_ model: TabularModel, _ count: Int64) -> CSVTable {
        CSVTable(header: model.header, rows: rows(model, count, seed: 11))
    }

    /// Spearman's coefficient of the rows that have both values, written apart from the copula's code.
    private static func rankCorrelation(_ table: CSVTable, _ first: String, _ second: String) -> Double {
        guard let i = table.header.firstIndex(of: first), let j = table.header.firstIndex(of: second) else {
            return .nan
        }
        let pairs = table.rows.compactMap { row in
            Double(row[i]).flatMap { left in Double(row[j]).map { (left, $0) } }
        }
        let left = ranks(pairs.map(\.0))
        let right = ranks(pairs.map(\.1))
        let mean = Double(pairs.count - 1) / 2
        let products = zip(left, right).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        return products / left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        var ranks = [Double](repeating: 0, count: values.count)
        for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            ranks[index] = Double(rank)
        }
        return ranks
    }
}
