import Documents

/// Synthetic points of one series: see `SeriesModel` for the method and its limits.
package struct TimeSeriesGenerator: DataGenerator {
    private let source: SeriesTable?
    private let model: SeriesModel

    /// The start of series whose request names none.
    private static let epoch: Int64 = 1_704_067_200

    /// Learns from `sample`, with a season of 24 points; nil for the built-in series.
    ///
    /// - Throws: `ServiceError` when the sample isn't a series.
    package init(sample: CSVTable?) throws(ServiceError) {
        source = try sample.map { table throws(ServiceError) in try SeriesTable(table) }
        model = try source.map { table throws(ServiceError) in try Self.fit(table, period: 24) } ?? .standard
    }

    private enum Format: String, CaseIterable {
        case csv
        case json
    }

    private enum Algorithm: String, CaseIterable {
        case trendSeasonAR1 = "trend-season-ar1"
    }

    package let algorithms = [
        AlgorithmDescription(
            name: Algorithm.trendSeasonAR1.rawValue,
            summary: "a straight trend, a repeating season and AR(1) noise; knows no change points or holidays")
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let points = try options.integer("points", in: 1...request.limits.rows, default: 100)
        let seed = try options.seed(default: request.defaultSeed)
        let format = try options.choice("format", of: Format.self)
        let algorithm = try options.choice("algorithm", of: Algorithm.self)
        let interval = try options.integer("interval_seconds", in: 1...31_536_000, default: 3_600)
        let period = try options.integer("period", in: 1...10_000, default: 24)
        let startText = try options.string("start")
        let data = try options.string("source_data")
        try options.finish()
        var start = Self.epoch
        if let startText {
            guard let seconds = CivilTime.seconds(startText) else {
                throw ServiceError(
                    .badRequest, code: "invalid_field", message: "start is not valid",
                    hint: "give a time in UTC such as 2024-01-31T08:00:00Z")
            }
            start = seconds
        }
        var model = model
        if let data {
            let table = try CSVReader.table(Array(data.utf8), maximumColumns: request.limits.columns)
            model = try Self.fit(try SeriesTable(table), period: period)
        }
        var random = SeededGenerator(seed: seed)
        var body = Array((format == .csv ? "timestamp,value\r\n" : "[").utf8)
        for (index, value) in model.values(points, using: &random).enumerated() {
            let time = start + Int64(index) * Int64(interval)
            switch format {
            case .csv: body += Self.record(time, value)
            case .json:
                if index > 0 { body += ",\n".utf8 }
                let text = CivilTime.dateTime(time) + "Z"
                body += JSONEmitter.bytes(of: ["timestamp": .string(text), "value": .number(Self.rounded(value))])
            }
            try ResponseSize.check(body.count, limit: request.limits.responseBytes)
        }
        if format == .json { body += "]\n".utf8 }
        return GeneratedData(
            contentType: format == .csv ? "text/csv; charset=utf-8; header=present" : "application/json", body: body,
            records: points, labels: ["generator_type": algorithm.rawValue])
    }

    /// Compares the distribution of the steps and the values with the source's, where there is one.
    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        var options = try request.options()
        let sourceText = try options.string("source_data")
        let synthetic = try options.requiredString("synthetic_data")
        try options.finish()
        let columns = request.limits.columns
        let series = try SeriesTable(try CSVReader.table(Array(synthetic.utf8), maximumColumns: columns))
        var source = source
        if let sourceText {
            source = try SeriesTable(try CSVReader.table(Array(sourceText.utf8), maximumColumns: columns))
        }
        let ascends = zip(series.timestamps, series.timestamps.dropFirst()).allSatisfy { $0 < $1 }
        guard let source else {
            return ValidationReport(
                utility: nil, privacy: nil, isWellFormed: ascends, details: ["timestamps_ascend": .bool(ascends)])
        }
        let values = 1 - TabularComparison.kolmogorovSmirnov(source.values.sorted(), series.values.sorted())
        let memory = 1 - abs(Self.memory(source.values) - Self.memory(series.values)) / 2
        let known = Set(source.values)
        let copies = Double(series.values.count(where: known.contains)) / Double(series.values.count)
        return ValidationReport(
            utility: (values + memory) / 2, privacy: 1 - copies, isWellFormed: ascends,
            details: [
                "timestamps_ascend": .bool(ascends), "value_similarity": .number(values),
                "autocorrelation_similarity": .number(memory), "exact_copy_share": .number(copies),
            ])
    }

    package let recordLayout = RecordLayout.appended(fileExtension: "csv", header: Array("timestamp,value\r\n".utf8))
    package let backgroundLabels = ["generator_type": Algorithm.trendSeasonAR1.rawValue]

    /// One point an hour, going on from `first`; the noise starts anew with every call.
    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        model.values(count, from: first, using: &random).enumerated().map { index, value in
            Self.record(Self.epoch + (first + Int64(index)) * 3_600, value)
        }
    }

    private static func fit(_ table: SeriesTable, period: Int) throws(ServiceError) -> SeriesModel {
        guard table.values.count >= 2 * period, table.values.count >= 4 else {
            throw .unprocessable(
                "invalid_series", "the series has \(table.values.count) points, too few for a period of \(period)",
                hint: "send at least two periods and four points, or a smaller period")
        }
        return SeriesModel(fitting: table.values, period: period)
    }

    private static func record(_ time: Int64, _ value: Double) -> [UInt8] {
        Array("\(CivilTime.dateTime(time))Z,\(rounded(value))\r\n".utf8)
    }

    private static func rounded(_ value: Double) -> Double {
        let scaled = (value * 10_000).rounded() / 10_000
        return scaled.isFinite ? scaled : value
    }

    /// The correlation of each value with the next.
    private static func memory(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let products = zip(values, values.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        return variance > 0 ? products / variance : 0
    }
}
