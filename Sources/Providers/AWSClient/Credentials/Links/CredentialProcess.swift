import Diagnostics
import Documents
import Subprocess
import SystemPackage

/// Runs a `credential_process` and reads what it prints.
///
/// Its arguments may be secret: no message has more of the command than the program's name.
struct CredentialProcess: CredentialIssuer {
    private static let maximumOutput = 1 << 20
    private static let maximumComplaint = 4 << 10
    /// As the SDKs for other languages have it; the AWS CLI waits for ever.
    private static let defaultTimeLimit = Duration.seconds(60)

    private struct Outcome: Sendable {
        let output: [UInt8]
        let complaint: [UInt8]
        let status: TerminationStatus
    }

    let program: String
    let arguments: [String]
    let profile: String
    let location: SourceLocation
    let context: CredentialContext
    let timeLimit: Duration

    /// - Throws: ``Diagnostic`` when the command cannot be taken apart.
    init(
        _ command: String, profile: String, location: SourceLocation, context: CredentialContext,
        timeLimit: Duration = Self.defaultTimeLimit
    ) throws(Diagnostic) {
        guard let words = ShellWords.split(command), let program = words.first else {
            throw Diagnostic(
                .error, .awsProfile, "`credential_process` of the profile \(profile) is no command", at: location,
                why: command.isEmpty ? "it is empty" : "a quote is not closed, or a backslash stands at its end",
                fix: "write a program and its arguments, quoted as for a shell")
        }
        self.program = program
        arguments = Array(words.dropFirst())
        self.profile = profile
        self.location = location
        self.context = context
        self.timeLimit = timeLimit
    }

    func issue() async throws -> AWSCredentials {
        let outcome = try await run()
        guard outcome.status.isSuccess else {
            let text = String(decoding: outcome.complaint.suffix(Self.maximumComplaint), as: UTF8.self)
            let complaint = String(PythonSpace.stripped(text.unicodeScalars[...]))
            throw problem(
                "failed: \(outcome.status)", why: complaint.isEmpty ? "it wrote nothing to standard error" : complaint)
        }
        return try credentials(outcome.output)
    }

    private func run() async throws -> Outcome {
        do {
            return try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask { try await runToTheEnd() }
                group.addTask {
                    try await Task.sleep(for: timeLimit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let outcome = first else {
                    throw problem("did not answer within \(timeLimit)", why: "it was ended")
                }
                return outcome
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw problem("is not installed", why: "there is no such program", fix: "install it, or correct its path")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw problem("wrote too much", why: "credentials are less than \(Self.maximumOutput) bytes")
        } catch let error as SubprocessError {
            throw problem("could not be run", why: "\(error)")
        }
    }

    private func runToTheEnd() async throws -> Outcome {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in context.environment { variables[Environment.Key(stringLiteral: name)] = value }
        let configuration = Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments), environment: .custom(variables))
        // Where a person can be asked by this program, one can be asked by that one.
        if context.askMFACode != nil {
            let result = try await Subprocess.run(
                configuration, input: .currentStandardInput, output: .bytes(limit: Self.maximumOutput),
                error: .bytes(limit: Self.maximumOutput))
            return Outcome(
                output: result.standardOutput, complaint: result.standardError, status: result.terminationStatus)
        }
        let result = try await Subprocess.run(
            configuration, input: .none, output: .bytes(limit: Self.maximumOutput),
            error: .bytes(limit: Self.maximumOutput))
        return Outcome(
            output: result.standardOutput, complaint: result.standardError, status: result.terminationStatus)
    }

    private func credentials(_ output: [UInt8]) throws(Diagnostic) -> AWSCredentials {
        guard let answer = try? JSONParser.parse(output, file: SourceFile(program)) else {
            throw problem("answered something else", why: "its output is not JSON")
        }
        guard answer["Version"]?.integer == 1 else {
            throw problem("answered something else", why: "`Version` of its output is not 1")
        }
        guard let identifier = answer["AccessKeyId"]?.string, let secret = answer["SecretAccessKey"]?.string else {
            throw problem("answered something else", why: "its output lacks AccessKeyId or SecretAccessKey")
        }
        let written = answer["Expiration"]?.string
        let expiration = written.flatMap(Timestamp.seconds)
        guard written == nil || expiration != nil else {
            throw problem("answered something else", why: "`Expiration` of its output is not a time of ISO 8601")
        }
        return AWSCredentials(
            accessKeyID: identifier, secretAccessKey: Redacted(secret),
            sessionToken: answer["SessionToken"]?.string.map(Redacted.init), expiration: expiration,
            source: "profile \"\(profile)\": credential_process \(program)")
    }

    private func problem(_ what: String, why: String, fix: String = "run it by hand to mend it") -> Diagnostic {
        Diagnostic(
            .error, .awsCredentialProcess, "the credential process `\(program)` of the profile \(profile) \(what)",
            at: location, why: why, fix: fix)
    }
}
