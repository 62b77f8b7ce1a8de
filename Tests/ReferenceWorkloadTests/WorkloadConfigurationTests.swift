import ServiceModel
import Testing

@testable import ReferenceWorkload

@Suite struct WorkloadConfigurationTests {
    @Test func everyKeyIsRead() throws {
        let text = """
            {"name": "customer-synth", "data_type": "time-series", "version": "2.1", "rate_per_hour": 1.2e6,
             "seed": 18446744073709551615, "sample": null, "data_dir": "/tmp/x", "host": "0.0.0.0", "port": 0,
             "specific": {"anything": [1, 2]},
             "faults": {"exit_after_seconds": 1.5, "exit_code": 7, "never_ready": true, "ready_after_seconds": 2,
                        "ignore_sigterm": true, "error_rate": 0.25, "latency_ms": 30}}
            """
        let configuration = try WorkloadConfiguration(json: Array(text.utf8), source: "w.json")
        #expect(configuration.name == "customer-synth")
        #expect(configuration.dataType == .timeSeries)
        #expect(configuration.version == "2.1")
        #expect(configuration.ratePerHour == 1_200_000)
        #expect(configuration.seed == .max)
        #expect(configuration.sampleFile == nil)
        #expect(configuration.dataFolder == "/tmp/x")
        #expect(configuration.host == "0.0.0.0" && configuration.port == 0)
        var faults = FaultPlan()
        faults.exitAfterSeconds = 1.5
        faults.exitCode = 7
        faults.neverReady = true
        faults.readyAfterSeconds = 2
        faults.ignoreSIGTERM = true
        faults.errorRate = 0.25
        faults.latencyMilliseconds = 30
        #expect(configuration.faults == faults)
    }

    @Test(arguments: [
        (#"{"data_type": "tabluar"}"#, #"unknown data type "tabluar""#),
        (#"{"data_type": 5}"#, "data_type is not valid"),
        (#"{"rate_per_hour": -1}"#, "rate_per_hour is not valid"),
        (#"{"rate_per_hour": "fast"}"#, "rate_per_hour is not valid"),
        (#"{"seed": 1.5}"#, "seed is not valid"),
        (#"{"port": 70000}"#, "port is not valid"),
        (#"{"faults": []}"#, "faults is not valid"),
        (#"{"faults": {"error_rate": 2}}"#, "faults.error_rate is not valid"),
        (#"{"name": "#, "not valid JSON"),
        ("[]", "does not hold a JSON object"),
        (#"{"sample": "/nonexistent/x.csv"}"#, "/nonexistent/x.csv: No such file or directory"),
    ])
    func aMistakeEndsWithExitCode2AndNamesTheKey(text: String, message: String) throws {
        let folder = try ScratchFolder()
        let path = try folder.write(text, to: "w.json")
        let error = #expect(throws: StartupError.self) {
            _ = try WorkloadService(try WorkloadConfiguration.load(file: path, environment: [:]))
        }
        #expect(error?.exitCode == .invalidConfiguration)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.hint.isEmpty == false)
    }

    @Test func laterLayersWin() throws {
        let folder = try ScratchFolder()
        let path = try folder.write(#"{"port": 1, "data_dir": "file", "data_type": "image"}"#, to: "w.json")
        let environment = ["SYNTHDATA_CONFIG": path, "PORT": "2", "SYNTHDATA_DATA_DIR": "environment"]
        let configuration = try WorkloadConfiguration.load(file: nil, environment: environment)
        #expect(configuration.port == 2 && configuration.dataFolder == "environment")
        let overridden = try WorkloadConfiguration.load(
            file: nil, environment: environment, overrides: .init(dataType: "text", host: "0.0.0.0", port: 3))
        #expect(overridden.port == 3 && overridden.dataType == .text && overridden.host == "0.0.0.0")
    }

    @Test func emptyVariablesCountAsAbsent() throws {
        let configuration = try WorkloadConfiguration.load(
            file: nil, environment: ["PORT": "", "SYNTHDATA_CONFIG": ""])
        #expect(configuration == WorkloadConfiguration())
    }

    @Test(arguments: ["http", "-1", "65536"]) func aPortThatIsNoneIsRefused(port: String) {
        let error = #expect(throws: StartupError.self) {
            try WorkloadConfiguration.load(file: nil, environment: ["PORT": port])
        }
        #expect(error?.exitCode == .invalidConfiguration)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: StartupError.self) {
            try WorkloadConfiguration.load(file: "/nonexistent.json", environment: [:])
        }
        #expect(error?.message == "cannot read the configuration /nonexistent.json: No such file or directory")
    }
}
