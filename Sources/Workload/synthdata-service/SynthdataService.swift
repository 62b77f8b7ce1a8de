import ArgumentParser
import FoundationEssentials
import ReferenceWorkload

/// The reference workload as a small program, for container images.
@main
struct SynthdataService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthdata-service",
        abstract: "Serve synthetic data of one type over HTTP.",
        discussion: """
            The environment: SYNTHDATA_CONFIG names the configuration file, PORT the port, SYNTHDATA_DATA_DIR the \
            folder for background generation. Flags win over the environment, which wins over the file.

            Exit codes: 0 stopped gracefully, 1 failed, 2 invalid configuration, 98 address in use.
            """)

    @Option(help: "The JSON configuration file.")
    var config: String?

    @Option(help: "The type of data: tabular, time_series, text, image, audio or video.")
    var type: String?

    @Option(help: "The address to listen on (default: 127.0.0.1).")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one (default: 8080).")
    var port: Int?

    func run() async throws {
        let code = await WorkloadProcess.run(
            file: config, environment: ProcessInfo.processInfo.environment,
            overrides: WorkloadConfiguration.Overrides(dataType: type, host: host, port: port))
        if code != 0 { throw ExitCode(code) }
    }
}
