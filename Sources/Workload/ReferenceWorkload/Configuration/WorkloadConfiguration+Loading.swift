import Diagnostics
import Documents
import ServiceModel

extension WorkloadConfiguration {
    /// The settings that a command line may give; nil leaves the lower layers' value.
    package struct Overrides: Equatable, Sendable {
        package var dataType: String?
        package var host: String?
        package var port: Int?

        package init(dataType: String? = nil, host: String? = nil, port: Int? = nil) {
            self.dataType = dataType
            self.host = host
            self.port = port
        }
    }

    /// Reads and checks the configuration.
    ///
    /// - Parameters:
    ///   - file: the JSON file; nil falls back to `SYNTHDATA_CONFIG` of the environment, then to the defaults.
    ///   - environment: `SYNTHDATA_CONFIG`, `PORT` and `SYNTHDATA_DATA_DIR` are read; empty values count as absent.
    ///   - overrides: what the command line gives.
    /// - Throws: `StartupError` with the exit code 2, naming the file and the key.
    package static func load(
        file: String?, environment: [String: String], overrides: Overrides = Overrides()
    ) throws(StartupError) -> WorkloadConfiguration {
        var configuration = WorkloadConfiguration()
        if let path = file ?? nonEmpty(environment["SYNTHDATA_CONFIG"]) {
            configuration = try WorkloadConfiguration(json: try readFile(path), source: path)
        }
        if let port = nonEmpty(environment["PORT"]) {
            guard let number = Int(port) else {
                throw invalid(
                    "PORT is \"\(port)\", which is not a number", hint: "set PORT to a number from 0 to 65535")
            }
            configuration.port = number
        }
        if let folder = nonEmpty(environment["SYNTHDATA_DATA_DIR"]) { configuration.dataFolder = folder }
        if let name = overrides.dataType { configuration.dataType = try dataType(named: name, source: "--type") }
        if let host = overrides.host { configuration.host = host }
        if let port = overrides.port { configuration.port = port }
        try configuration.check()
        return configuration
    }

    /// Reads the JSON text of a configuration file; `source` names it in messages. Unknown keys are ignored, because
    /// the file also carries settings of the service that other workloads understand.
    package init(json text: [UInt8], source: String) throws(StartupError) {
        let value: Node
        do {
            value = try JSONParser.parse(text, file: SourceFile(source))
        } catch {
            throw Self.invalid(
                "\(error.location.map { "\($0)" } ?? source): not valid JSON: \(error.what)",
                hint: "write one JSON object, see docs/workload.md")
        }
        guard value.mapping != nil else {
            throw Self.invalid(
                "\(source) does not hold a JSON object", hint: "write one JSON object, see docs/workload.md")
        }
        self.init()
        let reader = SettingsReader(source: source, path: "", value: value)
        if let name = try reader.string("name") { self.name = name }
        if let type = try reader.string("data_type") { dataType = try Self.dataType(named: type, source: source) }
        if let version = try reader.string("version") { self.version = version }
        if let rate = try reader.number("rate_per_hour", in: 0...1e12) { ratePerHour = UInt64(rate.rounded()) }
        if let seed = try reader.seed("seed") { self.seed = seed }
        sampleFile = try reader.string("sample")
        dataFolder = try reader.string("data_dir")
        if let host = try reader.string("host") { self.host = host }
        if let port = try reader.number("port", in: 0...65535) { self.port = Int(port) }
        if let drain = try reader.number("drain_seconds", in: 0...600) { drainSeconds = Int64(drain) }
        if let faults = try reader.object("faults") { self.faults = try FaultPlan(faults) }
    }

    private func check() throws(StartupError) {
        guard (0...65535).contains(port) else {
            throw Self.invalid(
                "port \(port) is out of range", hint: "choose a port from 0 to 65535; 0 picks a free one")
        }
    }

    private static func dataType(named name: String, source: String) throws(StartupError) -> DataType {
        guard let type = DataType(name: name) else {
            let names = DataType.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid("\(source): unknown data type \"\(name)\"", hint: "use one of \(names)")
        }
        return type
    }

    private static func readFile(_ path: String) throws(StartupError) -> [UInt8] {
        do {
            return try FileBytes.read(path, upTo: 1 << 20)
        } catch {
            throw invalid("cannot read the configuration \(path): \(error)", hint: "check the path and its permissions")
        }
    }

    static func invalid(_ message: String, hint: String) -> StartupError {
        StartupError(.invalidConfiguration, message: message, hint: hint)
    }

    private static func nonEmpty(_ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : $0 }
    }
}
