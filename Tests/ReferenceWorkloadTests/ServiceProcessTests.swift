import FoundationEssentials
import Subprocess
import Testing

@testable import ReferenceWorkload

/// The built program, as a supervisor sees it: its output, its signals and its exit codes.
@Suite struct ServiceProcessTests {
    /// The test bundle and the program are built into the same folder. `env` starts it and is replaced by it.
    private static let program: String = {
        let bundle = CommandLine.arguments.first ?? ""
        return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/synthdata-service"
    }()

    @Test func generatesUntilItIsToldToStop() async throws {
        let folder = try ScratchFolder()
        let config = try folder.write(#"{"name": "demo", "rate_per_hour": 3600000, "seed": 4}"#, to: "w.json")
        let environment = Environment.inherit.updating([
            "SYNTHDATA_CONFIG": config, "PORT": "0", "SYNTHDATA_DATA_DIR": "\(folder.path)/data",
        ])
        let result = try await run(
            .name("env"), arguments: [Self.program], environment: environment, input: .none, output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            var port = 0
            for try await line in execution.standardOutput.strings() {
                port = line.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) } ?? 0
                break
            }
            var metrics = ""
            while !metrics.contains("\nsynthdata_records_generated_total{data_type=\"tabular\"} ")
                || metrics.contains("\nsynthdata_records_generated_total{data_type=\"tabular\"} 0\n")
            {
                metrics =
                    try await RawConnection.open(port: port).exchange([request("GET /metrics")], responses: 1).first?
                    .text
                    ?? ""
            }
            try execution.send(signal: .terminate)
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardError.contains("stopped"))
        let table = try CSVReader.table(try folder.read("data/tabular-000001.csv"))
        #expect(table.header == CustomerSample.table.header)
    }

    @Test func aWrongConfigurationExitsWith2() async throws {
        let result = try await run(
            .name("env"), arguments: [Self.program, "--type", "tabluar"], output: .string(limit: 1_000),
            error: .string(limit: 10_000))
        #expect(result.terminationStatus == .exited(2))
        #expect(result.standardError.hasPrefix("error: --type: unknown data type \"tabluar\"\nfix: use one of tabular"))
        #expect(result.standardOutput.isEmpty)
    }

    @Test func aTakenAddressExitsWith98() async throws {
        try await withServer { _, port in
            let result = try await run(
                .name("env"), arguments: [Self.program, "--port", "\(port)"], output: .string(limit: 1_000),
                error: .string(limit: 10_000))
            #expect(result.terminationStatus == .exited(98))
            #expect(result.standardError.hasPrefix("error: address 127.0.0.1:\(port) is already in use\n"))
        }
    }

    @Test func itExitsSuddenlyWhenAsked() async throws {
        let folder = try ScratchFolder()
        let config = try folder.write(
            #"{"port": 0, "faults": {"exit_after_seconds": 0.1, "exit_code": 7}}"#, to: "w.json")
        let result = try await run(
            .name("env"), arguments: [Self.program, "--config", config], output: .string(limit: 1_000),
            error: .string(limit: 10_000))
        #expect(result.terminationStatus == .exited(7))
    }
}
