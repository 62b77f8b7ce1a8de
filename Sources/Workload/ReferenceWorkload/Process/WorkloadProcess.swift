import Dispatch
import Glibc
import Logging

/// The reference workload as a process of its own: configuration, log, signals and exit code.
///
/// `synthdata-service` and `synthdata-infra workload serve` are this, and flags.
package enum WorkloadProcess {
    /// Serves until SIGTERM or SIGINT, then stops gracefully, within the grace period. More signals change nothing:
    /// supervisors often signal both the process and its group.
    ///
    /// Standard output gets one line, `listening on http://HOST:PORT`, when connections are accepted. Standard error
    /// gets the log, or what is wrong with the configuration.
    ///
    /// - Parameters:
    ///   - file: the configuration file; nil for `SYNTHDATA_CONFIG`.
    ///   - environment: the environment of the process.
    ///   - overrides: the flags of the command line.
    /// - Returns: the exit code: 0 after a graceful stop, else `StartupError.ExitCode`.
    package static func run(
        file: String?, environment: [String: String], overrides: WorkloadConfiguration.Overrides
    ) async -> Int32 {
        do {
            let configuration = try WorkloadConfiguration.load(
                file: file, environment: environment, overrides: overrides)
            try await serve(configuration)
            return 0
        } catch {
            write("\(error)\n", to: STDERR_FILENO)
            return error.exitCode.rawValue
        }
    }

    private static func serve(_ configuration: WorkloadConfiguration) async throws(StartupError) {
        let logger = Logger(label: configuration.name) { StreamLogHandler.standardError(label: $0) }
        let server = try WorkloadServer(configuration: configuration, logger: logger)
        let signals = handleSignals(configuration.faults, server, logger)
        defer { for source in signals { source.cancel() } }
        let sudden = Task { await exitSuddenly(configuration.faults, logger) }
        defer { sudden.cancel() }
        try await server.run { port in
            write("listening on http://\(configuration.host):\(port)\n", to: STDOUT_FILENO)
        }
    }

    private static func handleSignals(
        _ faults: FaultPlan, _ server: WorkloadServer, _ logger: Logger
    ) -> [any DispatchSourceSignal] {
        signal(SIGPIPE, SIG_IGN)
        return [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                if number == SIGTERM, faults.ignoreSIGTERM { return logger.notice("ignoring SIGTERM, as configured") }
                server.shutdown()
            }
            source.activate()
            return source
        }
    }

    private static func exitSuddenly(_ faults: FaultPlan, _ logger: Logger) async {
        guard let seconds = faults.exitAfterSeconds else { return }
        try? await Task.sleep(for: .seconds(seconds))
        guard !Task.isCancelled else { return }
        logger.error("exiting, as configured", metadata: ["exit_code": "\(faults.exitCode)"])
        _exit(faults.exitCode)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
