/// Synthetic clips, one uncompressed YUV4MPEG2 stream a request: see `ProceduralVideo` for what they are.
package struct VideoGenerator: DataGenerator {
    package init() {}

    package let algorithms = [
        AlgorithmDescription(
            name: ProceduralVideo.bouncingDisc.rawValue,
            summary: "a bright disc bouncing over a still gradient; procedural, not learnt"),
        AlgorithmDescription(
            name: ProceduralVideo.drift.rawValue,
            summary: "a gradient drifting through the colours; procedural, not learnt"),
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let width = try options.integer("width", in: 16...1_280, default: 160)
        let height = try options.integer("height", in: 16...720, default: 120)
        let frames = try options.integer("frames", in: 1...3_600, default: 25)
        let rate = try options.integer("frames_per_second", in: 1...60, default: 25)
        let seed = try options.seed(default: request.defaultSeed)
        let algorithm = try options.choice("algorithm", of: ProceduralVideo.self)
        try options.finish()
        guard width.isMultiple(of: 2), height.isMultiple(of: 2) else {
            throw ServiceError(
                .badRequest, code: "invalid_field", message: "\(width)x\(height) has an odd side",
                hint: "give an even width and height, because two pixels share a colour")
        }
        try ResponseSize.check(width * height * 3 / 2 * frames, limit: request.limits.responseBytes)
        var random = SeededGenerator(seed: seed)
        let planes = algorithm.frames(frames, width: width, height: height, using: &random)
        return GeneratedData(
            contentType: "video/x-yuv4mpeg",
            body: Y4MEncoder.encode(planes, width: width, height: height, framesPerSecond: rate), records: 1,
            labels: Self.labels(algorithm, width, height), frames: frames)
    }

    /// The body is a YUV4MPEG2 stream.
    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        ValidationReport(checks: Y4MInspection(request.body).checks)
    }

    package let recordLayout = RecordLayout.separate(fileExtension: "y4m")
    package let backgroundLabels = Self.labels(.bouncingDisc, 64, 48)
    package let backgroundFrames = 10

    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            let frames = ProceduralVideo.bouncingDisc.frames(backgroundFrames, width: 64, height: 48, using: &random)
            return Y4MEncoder.encode(frames, width: 64, height: 48, framesPerSecond: 10)
        }
    }

    private static func labels(_ algorithm: ProceduralVideo, _ width: Int, _ height: Int) -> [String: String] {
        ["model": "procedural", "resolution": "\(width)x\(height)", "category": algorithm.rawValue]
    }
}
