/// The built-in table that tabular services learn from when none is given: customers who don't exist.
///
/// Written by a fixed recipe from a fixed seed, so it is the same in every build. Age, income and spending rise
/// together, dearer plans go with higher incomes, and a few values are missing.
package enum CustomerSample {
    package static let table = makeTable()

    private static func makeTable() -> CSVTable {
        var random = SeededGenerator(seed: 20_240_101)
        let header = [
            "customer_id", "signup_date", "age", "annual_income", "monthly_spend", "plan", "region", "support_tickets",
            "is_active",
        ]
        let regions = ["north", "south", "east", "west"]
        let rows = (0..<500).map { number in
            let wealth = random.nextNormal()
            let age = min(max(Int((42 + 11 * (0.5 * wealth + 0.85 * random.nextNormal())).rounded()), 18), 90)
            let income = max(12_000, 52_000 + 17_000 * wealth + 6_000 * random.nextNormal())
            let spend = max(5, 60 + 28 * (0.8 * wealth + 0.6 * random.nextNormal()))
            let plan = wealth > 1 ? "enterprise" : wealth > 0 ? "plus" : "basic"
            let tickets = Int((abs(random.nextNormal()) * 2).rounded(.down))
            return [
                String(1_001 + number), CivilTime.date(19_000 + Int64(random.nextUnit() * 900)), String(age),
                random.nextUnit() < 0.04 ? "" : NumberFormat.decimal(places: 2).text(income),
                NumberFormat.decimal(places: 2).text(spend), plan,
                regions[Int(random.nextUnit() * random.nextUnit() * 4)], String(tickets),
                random.nextUnit() < 0.86 ? "true" : "false",
            ]
        }
        return CSVTable(header: header, rows: rows)
    }
}
