import Diagnostics
package import Documents

/// Produces and judges one type of data.
///
/// The calls are synchronous and can take seconds: they run on a thread pool, never on an event loop. The same
/// request with the same seed gives the same bytes, in every process of the same version.
package protocol DataGenerator: Sendable {
    /// The methods that a request may name as `algorithm`, the default one first.
    var algorithms: [AlgorithmDescription] { get }

    /// Answers `POST /generate`.
    ///
    /// - Throws: `ServiceError` for a field that is missing, unknown or out of range, or input that can't be read.
    func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData

    /// Answers `POST /validate`.
    func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport

    /// How the records of background generation lie in files.
    var recordLayout: RecordLayout { get }

    /// What `GeneratedData.labels` would say of a record of background generation.
    var backgroundLabels: [String: String] { get }

    /// How many frames a record of background generation has, else 0.
    var backgroundFrames: Int { get }

    /// Produces records for background generation.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - first: the number of the first one since the start of the service, counted from 0.
    /// - Returns: `count` records, each as the bytes that `recordLayout` puts in a file.
    func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]]
}

extension DataGenerator {
    package var backgroundFrames: Int { 0 }
}

/// One method of generation, for `GET /algorithms`.
package struct AlgorithmDescription: Equatable, Sendable {
    package var name: String
    /// What it does, and what it doesn't keep of its source.
    package var summary: String
}

/// The files that background generation fills.
package enum RecordLayout: Equatable, Sendable {
    /// Records follow one another; every file starts with `header`.
    case appended(fileExtension: String, header: [UInt8])
    /// Every record is a file of its own.
    case separate(fileExtension: String)

    package var fileExtension: String {
        switch self {
        case .appended(let name, _), .separate(let name): name
        }
    }
}

/// The body of a POST request, with what the service knows about it.
package struct GenerationRequest: Sendable {
    package var contentType: String
    package var body: [UInt8]
    /// The seed of a request that names none.
    package var defaultSeed: UInt64
    package var limits: WorkloadLimits

    package init(
        contentType: String = "application/json", body: [UInt8], defaultSeed: UInt64 = 0,
        limits: WorkloadLimits = WorkloadLimits()
    ) {
        self.contentType = contentType
        self.body = body
        self.defaultSeed = defaultSeed
        self.limits = limits
    }

    /// The body as a JSON object; an empty body is an empty object.
    func options() throws(ServiceError) -> RequestOptions {
        try RequestOptions(body.isEmpty ? [:] : Self.document(body))
    }
}

extension GenerationRequest {
    private static func document(_ body: [UInt8]) throws(ServiceError) -> Node {
        do throws(Diagnostic) {
            return try JSONParser.parse(body, file: SourceFile("body"))
        } catch {
            throw ServiceError(
                .badRequest, code: "invalid_json",
                message: "the text is not valid JSON: \(error.what) at \(error.location.map { "\($0)" } ?? "its end")",
                hint: "send one JSON object, for example {\"seed\": 7}")
        }
    }
}

/// What `/generate` answers with.
package struct GeneratedData: Equatable, Sendable {
    package var contentType: String
    package var body: [UInt8]
    /// How many records the body holds.
    package var records: Int
    /// Values for the labels of the type's counter that describe this piece, by label name.
    package var labels: [String: String]
    /// How many frames a video holds, else 0.
    package var frames = 0

    package init(contentType: String, body: [UInt8], records: Int, labels: [String: String], frames: Int = 0) {
        self.contentType = contentType
        self.body = body
        self.records = records
        self.labels = labels
        self.frames = frames
    }
}

/// What `/validate` answers with: scores from 0 (bad) to 1 (good), and how they came about.
package struct ValidationReport: Equatable, Sendable {
    /// How closely the data resembles the source, or how sound its structure is; nil when it can't be judged.
    package var utility: Double?
    /// The share of the data that doesn't repeat the source word for word; nil when it can't be judged.
    package var privacy: Double?
    /// Whether the data has the shape it should have.
    package var isWellFormed: Bool
    /// The findings behind the scores, in the order they are shown.
    package var details: Node

    package init(utility: Double?, privacy: Double?, isWellFormed: Bool, details: Node) {
        self.utility = utility
        self.privacy = privacy
        self.isWellFormed = isWellFormed
        self.details = details
    }
}
