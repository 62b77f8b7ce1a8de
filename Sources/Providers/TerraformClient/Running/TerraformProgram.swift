import Diagnostics
import Documents
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// HashiCorp's own program, found in `PATH`.
struct TerraformProgram: Sendable {
    private static let maximumOutput = 64 << 20
    /// How long an interrupted run may take to end what it has begun and to save its state.
    private static let patience = Duration.seconds(900)
    private static let oldest = (1, 7)
    private static let install = "https://developer.hashicorp.com/terraform/install"

    let path: String
    private let environment: TerraformEnvironment

    /// - Throws: ``Diagnostic`` where it is not installed.
    init(_ variables: [String: String], _ environment: TerraformEnvironment) throws(Diagnostic) {
        let folders = (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let path = folders.map({ "\($0)/terraform" }).first(where: { access($0 as String, X_OK) == 0 }) else {
            throw Diagnostic(
                .error, .terraformMissing, "terraform is not installed", why: "no folder of PATH has it",
                fix: "install it (\(Self.install)), or deploy with `--engine rest`, which needs no other program")
        }
        self.path = path
        self.environment = environment
    }

    /// The folder that all services have their providers in.
    var plugins: String { environment.plugins }

    /// - Throws: ``Diagnostic`` where it is too old for import blocks with `for_each`, which came with 1.7.
    func checkVersion() async throws {
        let outcome = try await run(["version", "-json"], in: "/")
        let text = (try? JSONParser.parse(outcome.output, file: .unknown))?["terraform_version"]?.string ?? ""
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard outcome.isSuccess, numbers.count >= 2 else {
            throw Diagnostic(
                .error, .terraformFailed, "`\(path)` does not tell its version",
                why: TerraformProblem(text: outcome.errors).summary, fix: "run `terraform version` to see why")
        }
        guard (numbers[0], numbers[1]) >= Self.oldest else {
            throw Diagnostic(
                .error, .terraformVersion, "terraform \(text) is too old",
                why: "`\(path)`; 1.7 is the oldest that can be used",
                fix: "install a newer one: \(Self.install)")
        }
    }

    struct Outcome: Sendable {
        let isSuccess: Bool
        let output: [UInt8]
        let errors: String
    }

    /// Runs it to its end.
    func run(
        _ arguments: [String], in folder: String, _ keys: TerraformEnvironment.Keys = [:]
    ) async throws -> Outcome {
        let result = try await spawned {
            try await Subprocess.run(
                configuration(arguments, folder, keys), input: .none, output: .bytes(limit: Self.maximumOutput),
                error: .bytes(limit: Self.maximumOutput))
        }
        return Outcome(
            isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// Runs it to its end and tells its messages as they come.
    ///
    /// - Parameter arguments: with `-json`.
    /// - Returns: all messages.
    func follow(
        _ arguments: [String], in folder: TerraformFolder, _ keys: TerraformEnvironment.Keys,
        told: @escaping @Sendable (TerraformMessage) -> Void = { _ in }
    ) async throws -> (isSuccess: Bool, messages: [TerraformMessage], errors: String) {
        let file = folder.temporary("output")
        try folder.write([], to: file)
        defer { unlink(file) }
        let tail = Task {
            var tail = MessageTail(file)
            while !Task.isCancelled {
                tail.read(told)
                try? await Task.sleep(for: .milliseconds(100))
            }
            tail.read(told)
            return tail.messages
        }
        defer { tail.cancel() }
        let result = try await spawned {
            let output = try FileDescriptor.open(FilePath(file), .writeOnly, options: [.append, .closeOnExec])
            return try await Subprocess.run(
                configuration(arguments, folder.path, keys), input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .bytes(limit: Self.maximumOutput))
        }
        tail.cancel()
        return (
            result.terminationStatus.isSuccess, await tail.value, String(decoding: result.standardError, as: UTF8.self)
        )
    }

    private func configuration(
        _ arguments: [String], _ folder: String, _ keys: TerraformEnvironment.Keys
    ) -> Configuration {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment.variables(keys) { variables[Environment.Key(stringLiteral: name)] = value }
        var options = PlatformOptions()
        // In a group of its own, so that an interrupt at the terminal reaches it once: a second one would have it end
        // without saving its state.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .interrupt, allowedDurationToNextStep: Self.patience)]
        return Configuration(
            executable: .path(FilePath(path)), arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: FilePath(folder), platformOptions: options)
    }

    private func spawned<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            let result = try await work()
            try Task.checkCancellation()
            return result
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw Diagnostic(
                .error, .terraformFailed, "`\(path)` could not be run", why: "\(error)",
                fix: "run it by hand to mend it")
        }
    }
}

extension Diagnostic.Code {
    static let terraformMissing = Self("terraform.missing", .failed)
    static let terraformVersion = Self("terraform.version", .failed)
    static let terraformFailed = Self("terraform.failed", .failed)
}
