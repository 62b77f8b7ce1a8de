import Diagnostics
import Documents
import Subprocess
import SystemPackage

extension CredentialPlugin {
    private static let maximumOutput = 1 << 20

    /// Runs the program and reads what it issues. Its standard error is the person's.
    ///
    /// - Parameters:
    ///   - cluster: told to plugins that ask for it.
    ///   - base: the environment of this process, over which the plugin's own variables are laid.
    ///   - isTerminal: whether a person can answer at standard input.
    /// - Throws: ``Diagnostic`` with the install hint when the program is missing, and with the exit code
    ///   when it fails.
    func run(
        cluster: Node, environment base: [String: String], isTerminal: Bool
    ) async throws(Diagnostic) -> IssuedCredential {
        if interactiveMode == .always, !isTerminal {
            throw Diagnostic(
                .error, .credentialPlugin, "the credential plugin `\(command)` wants to ask at a terminal",
                at: location, why: "`interactiveMode: Always`, and standard input is no terminal",
                fix: "run at a terminal once, or use a user that needs no person")
        }
        let isInteractive = isTerminal && interactiveMode != .never
        var variables: [Environment.Key: String] = [:]
        for (name, value) in base { variables[Environment.Key(stringLiteral: name)] = value }
        for variable in environment { variables[Environment.Key(stringLiteral: variable.name)] = variable.value.secret }
        variables["KUBERNETES_EXEC_INFO"] = JSONEmitter.emit(request(cluster, isInteractive: isInteractive))
        let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
        let configuration = Configuration(
            executable: executable, arguments: Arguments(arguments), environment: .custom(variables))
        let outcome: (bytes: [UInt8], status: TerminationStatus)
        do {
            if isInteractive {
                let result = try await Subprocess.run(
                    configuration, input: .currentStandardInput, output: .bytes(limit: Self.maximumOutput),
                    error: .currentStandardError)
                outcome = (result.standardOutput, result.terminationStatus)
            } else {
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: Self.maximumOutput),
                    error: .currentStandardError)
                outcome = (result.standardOutput, result.terminationStatus)
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw Diagnostic(
                .error, .credentialPlugin, "the credential plugin `\(command)` is not installed", at: location,
                why: "the user `\(user)` of the kubeconfig gets its credential from it",
                fix: installHint ?? "install it, or add its folder to PATH")
        } catch {
            throw Diagnostic(
                .error, .credentialPlugin, "the credential plugin `\(command)` could not be run", at: location,
                why: "\(error)", fix: "run it by hand to mend it")
        }
        guard outcome.status.isSuccess else {
            throw Diagnostic(
                .error, .credentialPlugin, "the credential plugin `\(command)` failed", at: location,
                why: "\(outcome.status)", fix: "what it wrote is above; run it by hand to mend it")
        }
        return try IssuedCredential(outcome.bytes, of: self)
    }

    /// What the plugin finds in `KUBERNETES_EXEC_INFO`.
    private func request(_ cluster: Node, isInteractive: Bool) -> Node {
        var spec = Mapping()
        spec["interactive"] = .bool(isInteractive)
        if providesClusterInformation { spec["cluster"] = cluster }
        return ["apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": .mapping(spec)]
    }
}
