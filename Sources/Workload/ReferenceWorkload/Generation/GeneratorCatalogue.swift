/// The generator of each type of data.
enum GeneratorCatalogue {
    /// - Throws: `StartupError` with the exit code 2 when the sample file can't be read or used.
    static func makeGenerator(_ configuration: WorkloadConfiguration) throws(StartupError) -> any DataGenerator {
        switch configuration.dataType {
        case .tabular: TabularGenerator(sample: try table(configuration) ?? CustomerSample.table)
        default: TabularGenerator(sample: try table(configuration) ?? CustomerSample.table)
        }
    }

    private static func table(_ configuration: WorkloadConfiguration) throws(StartupError) -> CSVTable? {
        guard let bytes = try sample(configuration) else { return nil }
        do {
            return try CSVReader.table(bytes, maximumColumns: configuration.limits.columns)
        } catch {
            throw unusable(configuration, error.message, hint: error.hint)
        }
    }

    private static func sample(_ configuration: WorkloadConfiguration) throws(StartupError) -> [UInt8]? {
        guard let path = configuration.sampleFile else { return nil }
        do {
            return try FileBytes.read(path, upTo: configuration.limits.bodyBytes)
        } catch {
            throw unusable(configuration, "\(error)", hint: "check the path and its permissions")
        }
    }

    static func unusable(_ configuration: WorkloadConfiguration, _ reason: String, hint: String) -> StartupError {
        WorkloadConfiguration.invalid("cannot use the sample \(configuration.sampleFile ?? ""): \(reason)", hint: hint)
    }
}
