import ServiceModel

/// The generator of each type of data.
enum GeneratorCatalogue {
    /// - Throws: `StartupError` with the exit code 2 when the sample file can't be read or learnt from. The types that
    ///   learn nothing (image, audio, video) don't read it.
    static func makeGenerator(_ configuration: WorkloadConfiguration) throws(StartupError) -> any DataGenerator {
        do {
            switch configuration.dataType {
            case .tabular: return TabularGenerator(sample: try table(configuration) ?? CustomerSample.table)
            case .timeSeries: return try TimeSeriesGenerator(sample: try table(configuration))
            case .text: return try TextGenerator(corpus: try text(configuration))
            case .image: return ImageGenerator()
            case .audio: return AudioGenerator()
            case .video: return VideoGenerator()
            }
        } catch {
            throw WorkloadConfiguration.invalid(
                "cannot use the sample \(configuration.sampleFile ?? ""): \(error.message)", hint: error.hint)
        }
    }

    private static func table(_ configuration: WorkloadConfiguration) throws(ServiceError) -> CSVTable? {
        guard let bytes = try bytes(configuration) else { return nil }
        return try CSVReader.table(bytes, maximumColumns: configuration.limits.columns)
    }

    private static func text(_ configuration: WorkloadConfiguration) throws(ServiceError) -> String? {
        guard let bytes = try bytes(configuration) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unprocessable("invalid_text", "it is not UTF-8 text", hint: "save the file as UTF-8")
        }
        return text
    }

    private static func bytes(_ configuration: WorkloadConfiguration) throws(ServiceError) -> [UInt8]? {
        guard let path = configuration.sampleFile else { return nil }
        do {
            return try FileBytes.read(path, upTo: configuration.limits.bodyBytes)
        } catch {
            throw .unprocessable("unreadable", "\(error)", hint: "check the path and its permissions")
        }
    }
}
