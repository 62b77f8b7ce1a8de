import ArgumentParser
import Diagnostics
import FoundationEssentials
import ReferenceWorkload

struct WorkloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Run the reference workload.",
        subcommands: [Serve.self])

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve synthetic data of one type over HTTP until told to stop.",
            discussion: """
                The environment: SYNTHDATA_CONFIG names the configuration file, PORT the port, \
                SYNTHDATA_DATA_DIR the folder for background generation. Flags win over the environment, \
                which wins over the file. Exits with 98 when the port is in use.
                """)

        @Option(help: ArgumentHelp("The JSON configuration file.", valueName: "file"))
        var config: String?

        @Option(
            help: ArgumentHelp("Data type: tabular, time_series, text, image, audio, video.", valueName: "type"),
            completion: ServiceCompletion.dataTypes)
        var type: String?

        @Option(help: ArgumentHelp("The address to listen on (default: 127.0.0.1).", valueName: "address"))
        var host: String?

        @Option(help: ArgumentHelp("The port to listen on; 0 picks a free one (default: 8080).", valueName: "n"))
        var port: String?

        func run() async throws {
            let port = try port.map { text throws(Diagnostic) in try WholeNumber.read(text, "--port", 0...65_535) }
            let code = await WorkloadProcess.run(
                file: config, environment: ProcessInfo.processInfo.environment,
                overrides: .init(dataType: type, host: host, port: port))
            if code != 0 { throw ProcessExit(code: code) }
        }
    }
}
