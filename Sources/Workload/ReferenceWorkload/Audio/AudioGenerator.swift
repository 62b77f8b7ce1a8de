/// Synthetic sounds, one WAVE file of 16-bit mono samples a request: see `Synthesizer` for what they are.
package struct AudioGenerator: DataGenerator {
    private static let rates = [8_000, 16_000, 22_050, 44_100, 48_000]

    package init() {}

    package let algorithms = [
        AlgorithmDescription(
            name: Synthesizer.notes.rawValue, summary: "random notes of a pentatonic scale; procedural, not learnt"),
        AlgorithmDescription(name: Synthesizer.tone.rawValue, summary: "one sine tone; procedural, not learnt"),
        AlgorithmDescription(name: Synthesizer.noise.rawValue, summary: "white noise; procedural, not learnt"),
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let seconds = try options.number("seconds", in: 0.1...60, default: 1)
        let rate = try options.integer("sample_rate", in: 8_000...48_000, default: 16_000)
        let seed = try options.seed(default: request.defaultSeed)
        let algorithm = try options.choice("algorithm", of: Synthesizer.self)
        try options.finish()
        guard Self.rates.contains(rate) else {
            let words = Self.rates.map(String.init).joined(separator: ", ")
            throw ServiceError(
                .badRequest, code: "invalid_field", message: "sample_rate is not valid", hint: "give one of \(words)")
        }
        var random = SeededGenerator(seed: seed)
        let samples = algorithm.samples(Int(seconds * Double(rate)), rate: rate, using: &random)
        return GeneratedData(
            contentType: "audio/wav", body: WAVEncoder.encode(samples, rate: rate), records: 1,
            labels: Self.labels(algorithm, rate))
    }

    /// The body is a WAVE file.
    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        ValidationReport(checks: WAVInspection(request.body).checks)
    }

    package let recordLayout = RecordLayout.separate(fileExtension: "wav")
    package let backgroundLabels = Self.labels(.notes, 8_000)

    /// Clips of one second at 8 kHz.
    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            WAVEncoder.encode(Synthesizer.notes.samples(8_000, rate: 8_000, using: &random), rate: 8_000)
        }
    }

    private static func labels(_ algorithm: Synthesizer, _ rate: Int) -> [String: String] {
        ["model": "procedural", "sample_rate": String(rate), "category": algorithm.rawValue]
    }
}
