import FoundationEssentials
import Glibc
import Subprocess
import TestSupport
import Testing

/// A home, a state folder and a working folder of one test, and the built tool that runs in them.
///
/// Nothing is shared between tests: ports are chosen by the tool, and everything that was started ends
/// with the test, whatever came of it.
struct Sandbox: Sendable {
    let path: String

    private static let gate = Gate(places: 4)

    static func with(_ body: (Sandbox) async throws -> Void) async throws {
        await Self.gate.enter()
        let sandbox = Sandbox(path: "/tmp/command-line-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        let outcome: Result<Void, any Error>
        do {
            for folder in ["home", "state", "work"] {
                try FileManager.default.createDirectory(
                    atPath: "\(sandbox.path)/\(folder)", withIntermediateDirectories: true)
            }
            outcome = .success(try await body(sandbox))
        } catch {
            outcome = .failure(error)
        }
        await sandbox.cleanUp()
        await Self.gate.leave()
        try outcome.get()
    }

    private static let program = BuiltProgram.path("synthdata-infra")

    private var environment: [Environment.Key: String?] {
        ["HOME": "\(path)/home", "XDG_STATE_HOME": "\(path)/state", "NO_COLOR": nil, "SYNTHDATA_CONFIG": nil]
    }

    /// Runs the tool to its end in the working folder.
    func run(
        _ arguments: [String], input: String = "", environment extra: [Environment.Key: String?] = [:]
    ) async throws -> Finished {
        try await shell("exec \"$0\" \"$@\"", arguments, input: input, environment: extra)
    }

    func run(_ arguments: String...) async throws -> Finished { try await run(arguments) }

    /// Runs a command line of a shell, in which `$0` is the tool and `$@` are the arguments.
    func shell(
        _ line: String, _ arguments: [String] = [], input: String = "",
        environment extra: [Environment.Key: String?] = [:]
    ) async throws -> Finished {
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(["-C", "\(path)/work", "bash", "-c", line, Self.program] + arguments),
            environment: .inherit.updating(environment.merging(extra) { $1 }),
            input: .string(input), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        return Finished(result.terminationStatus, output: result.standardOutput, error: result.standardError)
    }

    /// Runs the tool, hands it to `body` once its standard error contains `text`, and waits for its end.
    func run(
        _ arguments: [String], environment extra: [Environment.Key: String?] = [:], until text: String,
        _ body: @Sendable (Execution) async throws -> Void
    ) async throws -> Finished {
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(["-C", "\(path)/work", Self.program] + arguments),
            environment: .inherit.updating(environment.merging(extra) { $1 }), input: .none, output: .discarded,
            error: .sequence
        ) { execution in
            var error = ""
            var wasTold = false
            for try await line in execution.standardError.strings() {
                error += line
                if !wasTold, error.contains(text) {
                    wasTold = true
                    try await body(.init(send: { try execution.send(signal: $0) }))
                }
            }
            if !wasTold { Issue.record("`\(text)` was never printed: \(error)") }
            return error
        }
        return Finished(result.terminationStatus, output: "", error: result.closureResult)
    }

    /// Runs the tool until its standard output is enough, and interrupts it then; after two minutes, whatever it is.
    func run(
        _ arguments: [String], untilOutput isEnough: @escaping @Sendable (String) -> Bool
    ) async throws -> Finished {
        let limited = ["timeout", "--foreground", "-s", "INT", "120", Self.program]
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(["-C", "\(path)/work"] + limited + arguments),
            environment: .inherit.updating(environment), input: .none, output: .sequence, error: .sequence
        ) { execution in
            async let error = {
                var error = ""
                for try await line in execution.standardError.strings() { error += line }
                return error
            }()
            var output = ""
            var wasEnough = false
            for try await line in execution.standardOutput.strings() {
                output += line
                if !wasEnough, isEnough(output) {
                    wasEnough = true
                    try execution.send(signal: .interrupt)
                }
            }
            return (output: output, error: try await error)
        }
        return Finished(
            result.terminationStatus, output: result.closureResult.output, error: result.closureResult.error)
    }

    struct Execution: Sendable {
        let send: @Sendable (Signal) throws -> Void
    }

    /// Writes a file of the working folder, and its folders.
    @discardableResult
    func write(_ text: String, to file: String) throws -> String {
        let place = "\(path)/work/\(file)"
        let folder = place.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: place))
        return file
    }

    /// What a file of the working folder has.
    func text(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(path)/work/\(file)")), as: UTF8.self)
    }

    /// Writes a service file whose line 8 is `override`.
    @discardableResult
    func service(_ name: String, _ override: String, file: String? = nil) throws -> String {
        try write(
            """
            apiVersion: synthdata.io/v1
            kind: SyntheticDataService
            metadata:
              name: \(name)
            spec:
              type: tabular
              overrides:
                \(override)

            """, to: file ?? "\(name).yaml")
    }

    /// Processes that belong to this test: every one of them has its state folder in its environment or arguments.
    func processes() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            process != getpid()
                && ["cmdline", "environ"].contains { file in
                    let bytes = (try? Data(contentsOf: URL(filePath: "/proc/\(process)/\(file)"))) ?? Data()
                    return String(decoding: bytes, as: UTF8.self).contains("\(path)/")
                }
        }
    }

    /// Destroys the services, the last one first, ends what is left by its id, and removes the folders.
    private func cleanUp() async {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let state = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/state")) ?? []
        guard !state.isEmpty else { return }
        let names = (try? await run("status", "-o", "name").lines) ?? []
        for name in names.reversed() { _ = try? await run("destroy", name, "--delete-data", "--timeout", "5s") }
        for process in processes() { kill(process, SIGKILL) }
    }
}
