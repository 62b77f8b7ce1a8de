import Diagnostics
import Documents
import ServiceModel
import Testing

@testable import ReferenceWorkload

@Suite struct WorkloadServiceTests {
    private static func service(_ configure: (inout WorkloadConfiguration) -> Void = { _ in }) throws -> WorkloadService
    {
        var configuration = WorkloadConfiguration()
        configure(&configuration)
        return try WorkloadService(configuration)
    }

    private static func post(_ service: WorkloadService, _ path: String, _ body: String) -> ServiceResponse {
        service.answer(ServiceRequest(method: "POST", target: path, body: Array(body.utf8)))
    }

    private static func get(_ service: WorkloadService, _ path: String) -> ServiceResponse {
        service.answer(ServiceRequest(method: "GET", target: path))
    }

    private static func metric(_ service: WorkloadService, _ line: String) -> String? {
        let text = String(decoding: get(service, "/metrics").body, as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix("\(line) ") }.map {
            String($0.dropFirst(line.count + 1))
        }
    }

    @Test(arguments: [
        ("GET", "/healthz", 200), ("HEAD", "/readyz", 200), ("GET", "/metrics?x=1", 200), ("GET", "/algorithms", 200),
        ("POST", "/generate", 200), ("POST", "/validate", 400), ("GET", "/generate", 405), ("DELETE", "/healthz", 405),
        ("GET", "/", 404), ("POST", "/generate/", 404), ("GET", "", 404), ("OPTIONS", "*", 404),
    ])
    func routesAnswer(method: String, target: String, status: Int) throws {
        let response = try Self.service().answer(ServiceRequest(method: method, target: target))
        #expect(response.status == status)
        let allowed = response.headers.first { $0.name == "Allow" }?.value
        #expect((allowed != nil) == (status == 405))
        if status >= 400 {
            #expect(try JSONParser.parse(response.body, file: SourceFile("response"))["error"]?["hint"] != nil)
        }
    }

    @Test func generatedRecordsAreCounted() throws {
        let service = try Self.service { $0.name = "customers" }
        #expect(Self.post(service, "/generate", #"{"rows": 30}"#).status == 200)
        #expect(Self.post(service, "/generate", #"{"rows": 12, "algorithm": "independent"}"#).status == 200)
        #expect(Self.metric(service, #"synthdata_records_generated_total{data_type="tabular"}"#) == "42")
        let labels = #"{dataset="customers",generator_type="independent",schema_version="1"}"#
        #expect(Self.metric(service, "synthdata_tabular_records_generated_total\(labels)") == "12")
        #expect(Self.metric(service, "synthdata_tabular_generation_duration_seconds_count") == "2")
        #expect(Self.metric(service, #"synthdata_errors_total{data_type="tabular"}"#) == "0")
    }

    @Test func validationSetsTheScores() throws {
        let service = try Self.service()
        let csv = String(decoding: Self.post(service, "/generate", #"{"rows": 500}"#).body, as: UTF8.self)
        let report = try JSONParser.parse(
            Self.post(service, "/validate", JSONEmitter.emit(["synthetic_data": .string(csv)])).body,
            file: SourceFile("response"))
        #expect(report["scores"]?["privacy"] == .number(1))
        let privacy = #"synthdata_tabular_privacy_score{dataset="synthdata",privacy_method="exact_copy_share"}"#
        #expect(Self.metric(service, privacy) == "1")
        let utility = #"synthdata_tabular_utility_score{dataset="synthdata",metric_type="similarity"}"#
        #expect(Self.metric(service, utility).flatMap(Double.init) ?? 0 > 0.9)
        #expect(Self.post(service, "/validate", #"{"synthetic_data": "a\n1"}"#).status == 200)
        #expect(Self.metric(service, #"synthdata_tabular_schema_validation_errors_total{dataset="synthdata"}"#) == "1")
    }

    @Test func injectedErrorsFailTheirShareOfRequests() throws {
        let service = try Self.service { $0.faults.errorRate = 0.3 }
        let failed = (0..<400).count { _ in Self.post(service, "/generate", #"{"rows": 1}"#).status == 500 }
        #expect((80...160).contains(failed))
        #expect(Self.metric(service, #"synthdata_errors_total{data_type="tabular"}"#) == String(failed))
        #expect(Self.get(service, "/healthz").status == 200)
    }

    @Test func readinessFollowsTheFaultsAndTheShutdown() {
        let start = ContinuousClock.now
        var faults = FaultPlan()
        faults.readyAfterSeconds = 5
        let slow = Readiness(faults: faults, startedAt: start)
        #expect(slow.state(at: start + .seconds(4)) == .starting)
        #expect(slow.state(at: start + .seconds(5)) == .ready)
        slow.stop()
        #expect(slow.state(at: start + .seconds(6)) == .stopping)
        faults.neverReady = true
        #expect(Readiness(faults: faults, startedAt: start).state(at: start + .seconds(1_000_000)) == .starting)
    }
}
