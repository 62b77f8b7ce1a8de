import ControlPlane
import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import TestSupport
import Testing

/// The built program, run as a process of its own on a service of one namespace.
struct Tool: Sendable {
    let kubeconfig: String
    let namespace: String

    /// How a process ended.
    struct Ended: Sendable {
        /// The exit code; of a signal, 128 and its number, as shells say it.
        let code: Int32
        let error: String

        fileprivate init(_ status: TerminationStatus, error: String) {
            switch status {
            case .exited(let code): self.code = code
            case .signaled(let number): code = 128 + number
            }
            self.error = error
        }
    }

    private static let program = BuiltProgram.path("synthdata-infra")

    /// A home that all of them share, so that what a server serves is asked only once, and the file of a service
    /// without anything that it can do without.
    private static let home: Result<String, any Error> = Result {
        let folder = "/tmp/tool-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(SmallService.document.utf8).write(to: URL(filePath: "\(folder)/demo.yaml"))
        return folder
    }

    /// `deploy` of the service in a version.
    static func deploy(_ version: String, _ more: String...) -> [String] {
        ["deploy", "-f", "demo.yaml", "--version", version, "--set", "deployment.annotations.version=\(version)"] + more
    }

    /// With an Ingress.
    static let ingress = ["--set", "networking.ingress.enabled=true"]

    /// One that runs.
    struct Running: Sendable {
        let kill: @Sendable () throws -> Void
        /// Whether it has closed its standard error, which it does with its end.
        let hasEnded: @Sendable () -> Bool
    }

    /// Runs it to its end.
    func run(
        _ arguments: [String], during: @escaping @Sendable (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        let home = try Self.home.get()
        let place =
            arguments.contains("-f")
            ? ["--set", "deployment.namespace=\(namespace)"] : ["--namespace", namespace, "--provider", "onprem"]
        let result = try await Subprocess.run(
            .name("env"),
            arguments: .init(["-C", home, Self.program] + arguments + place + ["--kubeconfig", kubeconfig]),
            environment: .inherit.updating([
                "HOME": home, "XDG_STATE_HOME": "\(home)/state", "XDG_CACHE_HOME": "\(home)/cache",
                "SYNTHDATA_CONFIG": nil,
            ]),
            input: .none, output: .discarded, error: .sequence
        ) { execution in
            let hasEnded = Mutex(false)
            async let text = {
                var text = ""
                for try await line in execution.standardError.strings() { text += line }
                hasEnded.withLock { $0 = true }
                return text
            }()
            try await during(
                Running(
                    kill: { try execution.send(signal: .kill) }, hasEnded: { hasEnded.withLock(\.self) }))
            return try await text
        }
        return Ended(result.terminationStatus, error: result.closureResult)
    }
}
