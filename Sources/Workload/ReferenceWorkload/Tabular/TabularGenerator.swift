import Documents

/// Synthetic rows from a model of a sample table.
///
/// Honest limits: it models each column and the monotone dependence of pairs. It knows nothing of constraints
/// between columns, of dependence between rows, or of meaning, and it gives no formal privacy guarantee.
package struct TabularGenerator: DataGenerator {
    private let sample: CSVTable
    private let model: TabularModel
    private let independentModel: TabularModel

    /// Learns from `sample`, which requests without `source_data` use, and background generation.
    package init(sample: CSVTable) {
        self.sample = sample
        model = TabularModel(fitting: sample)
        independentModel = TabularModel(fitting: sample, algorithm: .independent)
    }

    private enum Format: String, CaseIterable {
        case csv
        case json
    }

    package let algorithms = [
        AlgorithmDescription(
            name: TabularModel.Algorithm.gaussianCopula.rawValue,
            summary: "empirical marginals joined by a Gaussian copula of the ranks; keeps monotone pairwise dependence"),
        AlgorithmDescription(
            name: TabularModel.Algorithm.independent.rawValue,
            summary: "empirical marginals, every column by itself; keeps no dependence"),
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let rows = try options.integer("rows", in: 1...request.limits.rows, default: 100)
        let seed = try options.seed(default: request.defaultSeed)
        let format = try options.choice("format", of: Format.self)
        let algorithm = try options.choice("algorithm", of: TabularModel.Algorithm.self)
        let source = try options.string("source_data")
        try options.finish()
        let model = try fitted(source, algorithm, limits: request.limits)
        var random = SeededGenerator(seed: seed)
        let body =
            switch format {
            case .csv: try csv(model, rows: rows, limit: request.limits.responseBytes, using: &random)
            case .json: try json(model, rows: rows, limit: request.limits.responseBytes, using: &random)
            }
        return GeneratedData(
            contentType: format == .csv ? "text/csv; charset=utf-8; header=present" : "application/json", body: body,
            records: rows, labels: ["generator_type": algorithm.rawValue])
    }

    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        var options = try request.options()
        let source = try options.string("source_data")
        let synthetic = try options.requiredString("synthetic_data")
        try options.finish()
        let columns = request.limits.columns
        let sourceTable = try source.map { text throws(ServiceError) in
            try CSVReader.table(Array(text.utf8), maximumColumns: columns)
        }
        let syntheticTable = try CSVReader.table(Array(synthetic.utf8), maximumColumns: columns)
        return TabularComparison(source: sourceTable ?? sample, synthetic: syntheticTable).report
    }

    package var recordLayout: RecordLayout {
        var header: [UInt8] = []
        CSVWriter.write(model.header, to: &header)
        return .appended(fileExtension: "csv", header: header)
    }

    package var backgroundLabels: [String: String] {
        ["generator_type": TabularModel.Algorithm.gaussianCopula.rawValue]
    }

    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<Int64(count)).map { offset in
            var record: [UInt8] = []
            CSVWriter.write(model.row(first + offset, using: &random), to: &record)
            return record
        }
    }

    private func fitted(
        _ source: String?, _ algorithm: TabularModel.Algorithm, limits: WorkloadLimits
    ) throws(ServiceError) -> TabularModel {
        if let source {
            let table = try CSVReader.table(Array(source.utf8), maximumColumns: limits.columns)
            return TabularModel(fitting: table, algorithm: algorithm)
        }
        return algorithm == .independent ? independentModel : model
    }

    private func csv(
        _ model: TabularModel, rows: Int, limit: Int, using random: inout SeededGenerator
    ) throws(ServiceError) -> [UInt8] {
        var bytes: [UInt8] = []
        CSVWriter.write(model.header, to: &bytes)
        for number in 0..<Int64(rows) {
            CSVWriter.write(model.row(number, using: &random), to: &bytes)
            try ResponseSize.check(bytes.count, limit: limit)
        }
        return bytes
    }

    /// An array of objects. Numbers are numbers, nulls are null, everything else is a string.
    private func json(
        _ model: TabularModel, rows: Int, limit: Int, using random: inout SeededGenerator
    ) throws(ServiceError) -> [UInt8] {
        var bytes = Array("[".utf8)
        for number in 0..<Int64(rows) {
            if number > 0 { bytes += ",\n".utf8 }
            let fields = model.row(number, using: &random)
            let members = zip(model.columns, fields).map { column, field in
                Mapping.Entry(column.name, column.jsonValue(of: field))
            }
            bytes += JSONEmitter.bytes(of: .mapping(Mapping(uniqueEntries: members)))
            try ResponseSize.check(bytes.count, limit: limit)
        }
        return bytes + "]\n".utf8
    }
}

extension ColumnModel {
    func jsonValue(of field: String) -> Node {
        if field.isEmpty { return .null }
        switch marginal {
        case .key, .continuous(_, .integer): return Int(field).map { .integer($0) } ?? .string(field)
        case .continuous(_, .decimal): return Double(field).map { .number($0) } ?? .string(field)
        case .continuous, .pattern: return .string(field)
        case .discrete(let values, _):
            guard let (format, _) = NumberFormat.infer(values) else { return .string(field) }
            switch format {
            case .integer: return Int(field).map { .integer($0) } ?? .string(field)
            case .decimal: return Double(field).map { .number($0) } ?? .string(field)
            case .date, .timestamp: return .string(field)
            }
        }
    }
}

/// The bound on what one answer may weigh.
enum ResponseSize {
    static func check(_ bytes: Int, limit: Int) throws(ServiceError) {
        guard bytes <= limit else {
            throw .unprocessable(
                "response_too_large", "the answer would be larger than \(limit >> 20) MiB",
                hint: "ask for less at a time")
        }
    }
}
