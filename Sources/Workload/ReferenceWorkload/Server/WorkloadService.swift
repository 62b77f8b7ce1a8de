import Documents
import ServiceModel
import Synchronization

/// The endpoints, apart from sockets: a request in, a response out.
///
/// Safe to call from every thread. `answer` is quick for GET; POST generates or compares data on the calling thread.
package final class WorkloadService: Sendable {
    package let metrics: WorkloadMetrics
    package let readiness: Readiness
    let generator: any DataGenerator
    private let configuration: WorkloadConfiguration
    private let faultRandom: Mutex<SeededGenerator>

    /// Reads the sample and learns from it.
    ///
    /// - Throws: `StartupError` with the exit code 2 when the sample can't be used.
    package init(
        _ configuration: WorkloadConfiguration, startedAt start: ContinuousClock.Instant = .now
    ) throws(StartupError) {
        self.configuration = configuration
        metrics = WorkloadMetrics(configuration)
        readiness = Readiness(faults: configuration.faults, startedAt: start)
        generator = try GeneratorCatalogue.makeGenerator(configuration)
        faultRandom = Mutex(SeededGenerator(seed: configuration.seed))
    }

    /// The paths and the methods each one takes; GET implies HEAD (RFC 9110, section 9.3.2).
    private static let routes: [String: [String]] = [
        "/healthz": ["GET", "HEAD"], "/readyz": ["GET", "HEAD"], "/metrics": ["GET", "HEAD"],
        "/algorithms": ["GET", "HEAD"], "/generate": ["POST"], "/validate": ["POST"],
    ]

    /// Whether the request is work for a thread of its own.
    package func isHeavy(_ request: ServiceRequest) -> Bool {
        request.method == "POST" && Self.routes[request.path]?.contains("POST") == true
    }

    /// Answers a request and counts it. The caller drops the body of the answer to HEAD.
    package func answer(_ request: ServiceRequest) -> ServiceResponse {
        guard let methods = Self.routes[request.path] else {
            return .failure(
                ServiceError(
                    .notFound, code: "not_found", message: "there is no \(request.path)",
                    hint: "the paths are \(Self.routes.keys.sorted().joined(separator: ", "))"))
        }
        guard methods.contains(request.method) else {
            let allowed = methods.joined(separator: ", ")
            return .failure(
                ServiceError(
                    .methodNotAllowed, code: "method_not_allowed",
                    message: "\(request.path) takes no \(request.method)",
                    hint: "use \(allowed)"),
                headers: [ServiceResponse.Header(name: "Allow", value: allowed)])
        }
        switch request.path {
        case "/healthz": return .json(["status": "ok"])
        case "/readyz": return readyResponse()
        case "/metrics":
            return ServiceResponse(
                status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(metrics.exposition().utf8))
        case "/algorithms": return algorithmsResponse()
        default: return work(request)
        }
    }

    private func readyResponse() -> ServiceResponse {
        switch readiness.state(at: .now) {
        case .ready: .json(["status": "ready"])
        case .starting: .json(["status": "starting"], status: 503)
        case .stopping: .json(["status": "stopping"], status: 503)
        }
    }

    private func algorithmsResponse() -> ServiceResponse {
        .json([
            "data_type": .string(configuration.dataType.rawValue),
            "algorithms": .sequence(
                generator.algorithms.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
        ])
    }

    private func work(_ request: ServiceRequest) -> ServiceResponse {
        do {
            try injectFault()
            let work = GenerationRequest(
                contentType: request.contentType, body: request.body, defaultSeed: configuration.seed,
                limits: configuration.limits)
            return request.path == "/generate" ? try generate(work) : try validate(work)
        } catch {
            if error.status.rawValue >= 500 { metrics.recordError() }
            return .failure(error)
        }
    }

    private func generate(_ request: GenerationRequest) throws(ServiceError) -> ServiceResponse {
        let start = ContinuousClock.now
        let data = try generator.generate(request)
        metrics.recordDuration(ContinuousClock.now - start)
        metrics.recordGenerated(records: data.records, frames: data.frames, labels: data.labels)
        return ServiceResponse(
            status: 200, contentType: data.contentType,
            headers: [ServiceResponse.Header(name: "X-Synthdata-Records", value: String(data.records))], body: data.body
        )
    }

    private func validate(_ request: GenerationRequest) throws(ServiceError) -> ServiceResponse {
        let report = try generator.validate(request)
        metrics.recordValidation(report)
        return .json([
            "data_type": .string(configuration.dataType.rawValue),
            "well_formed": .bool(report.isWellFormed),
            "scores": [
                "utility": report.utility.map { .number($0) } ?? .null,
                "privacy": report.privacy.map { .number($0) } ?? .null,
            ],
            "details": report.details,
        ])
    }

    private func injectFault() throws(ServiceError) {
        let rate = configuration.faults.errorRate
        guard rate > 0, faultRandom.withLock({ $0.nextUnit() }) < rate else { return }
        throw ServiceError(
            .internalServerError, code: "injected_fault", message: "this request failed on purpose",
            hint: "faults.error_rate of the configuration is \(rate)")
    }
}
