/// Synthetic pictures, one PNG a request: see `ProceduralImage` for what they are.
package struct ImageGenerator: DataGenerator {
    package init() {}

    package let algorithms = [
        AlgorithmDescription(
            name: ProceduralImage.shapes.rawValue, summary: "random discs on a gradient; procedural, not learnt"),
        AlgorithmDescription(
            name: ProceduralImage.gradient.rawValue, summary: "a blend of two random colours; procedural, not learnt"),
        AlgorithmDescription(
            name: ProceduralImage.noise.rawValue, summary: "value noise in three octaves; procedural, not learnt"),
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let width = try options.integer("width", in: 16...2_048, default: 256)
        let height = try options.integer("height", in: 16...2_048, default: 256)
        let seed = try options.seed(default: request.defaultSeed)
        let algorithm = try options.choice("algorithm", of: ProceduralImage.self)
        try options.finish()
        var random = SeededGenerator(seed: seed)
        let raster = algorithm.draw(width: width, height: height, using: &random)
        return GeneratedData(
            contentType: "image/png", body: PNGEncoder.encode(raster), records: 1,
            labels: Self.labels(algorithm, width, height))
    }

    /// The body is a PNG file.
    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        ValidationReport(checks: PNGInspection(request.body).checks)
    }

    package let recordLayout = RecordLayout.separate(fileExtension: "png")
    package let backgroundLabels = Self.labels(.shapes, 64, 64)

    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in PNGEncoder.encode(ProceduralImage.shapes.draw(width: 64, height: 64, using: &random)) }
    }

    private static func labels(_ algorithm: ProceduralImage, _ width: Int, _ height: Int) -> [String: String] {
        ["model": "procedural", "resolution": "\(width)x\(height)", "category": algorithm.rawValue]
    }
}
