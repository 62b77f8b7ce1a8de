/// A series read from a table: a column named `timestamp` and one named `value`, a row a point.
struct SeriesTable {
    /// Seconds since the epoch, as the table has them.
    let timestamps: [Int64]
    let values: [Double]

    /// - Throws: `ServiceError` (422, `invalid_series`) that names the row, counted from 1 without the header.
    init(_ table: CSVTable) throws(ServiceError) {
        guard let time = table.header.firstIndex(of: "timestamp"), let value = table.header.firstIndex(of: "value")
        else {
            throw Self.invalid("the table has no columns named timestamp and value")
        }
        var timestamps: [Int64] = []
        var values: [Double] = []
        for (index, row) in table.rows.enumerated() {
            guard let seconds = CivilTime.seconds(row[time]) ?? CivilTime.days(row[time]).map({ $0 * 86_400 }) else {
                throw Self.invalid("row \(index + 1): \"\(row[time].prefix(40))\" is not a date or time")
            }
            guard let number = Double(row[value]), abs(number) < NumberFormat.maximumMagnitude else {
                throw Self.invalid("row \(index + 1): \"\(row[value].prefix(40))\" is not a number")
            }
            timestamps.append(seconds)
            values.append(number)
        }
        self.timestamps = timestamps
        self.values = values
    }

    private static func invalid(_ message: String) -> ServiceError {
        .unprocessable(
            "invalid_series", message,
            hint: "send CSV with the header timestamp,value and times like 2024-01-31T08:00:00Z")
    }
}
