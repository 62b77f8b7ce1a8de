import Diagnostics
import Foundation
import Testing

@testable import AWSClient

/// Programs that a profile gets its credentials from.
@Suite struct CredentialsProcessTests {
    private func scene(_ script: String) throws -> CredentialsScene {
        let scene = try CredentialsScene(files: ["process": "#!/bin/sh\n\(script)\n"])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: scene.home.appending(path: "process").path)
        try scene.write(
            "[default]\nregion = x\ncredential_process = \(scene.home.path)/process --password hidden\n",
            to: ".aws/config")
        return scene
    }

    @Test func itRunsWithTheArgumentsAndTheEnvironment() async throws {
        var scene = try scene(#"echo "{\"Version\": 1, \"AccessKeyId\": \"$1 $2 $MARK\", \"SecretAccessKey\": \"s\"}""#)
        defer { scene.remove() }
        scene.environment["MARK"] = "here"
        let found = try await scene.credentials()
        #expect(found.accessKeyID == "--password hidden here")
        #expect(found.expiration == nil)
        #expect(found.source == "profile \"default\": credential_process \(scene.home.path)/process")
    }

    @Test func itIsRunAgainForNewOnes() async throws {
        let scene = try scene(
            """
            echo x >> $HOME/runs
            echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"k$(wc -l < $HOME/runs)\\", \\"SecretAccessKey\\": \\"s\\",
             \\"SessionToken\\": \\"t\\", \\"Expiration\\": \\"2098-01-01T00:00:00+00:00\\"}"
            """)
        defer { scene.remove() }
        let cache = CredentialChain.cached(scene.context)
        let first = try await cache.credentials(replacing: nil)
        #expect(first.accessKeyID == "k1")
        #expect(first.expiration == Timestamp.seconds("2098-01-01T00:00:00Z"))
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "k1")
        #expect(try await cache.credentials(replacing: first).accessKeyID == "k2")
    }

    @Test func itsComplaintIsToldWithoutTheArguments() async throws {
        let scene = try scene("echo 'please log in' >&2; exit 3")
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code == .awsCredentialProcess)
        #expect(problem.what.hasSuffix("of the profile default failed: exited(3)"))
        #expect(problem.why == "please log in")
        #expect(problem.location?.line == 3)
        #expect(!problem.description.contains("hidden"))
    }

    @Test(arguments: [
        ("echo nonsense", "its output is not JSON"), ("echo '{}'", "`Version` of its output is not 1"),
        (#"echo '{"Version": 1}'"#, "its output lacks AccessKeyId or SecretAccessKey"),
        (
            #"echo '{"Version": 1, "AccessKeyId": "k", "SecretAccessKey": "topsecret", "Expiration": "soon"}'"#,
            "`Expiration` of its output is not a time of ISO 8601"
        ),
    ])
    func anotherAnswerIsToldWithoutItsContent(_ script: String, _ why: String) async throws {
        let scene = try scene(script)
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.what.hasSuffix("answered something else"))
        #expect(problem.why == why)
        #expect(!problem.description.contains("topsecret"))
    }

    @Test func itIsEndedWhenItTakesTooLong() async throws {
        let scene = try scene("echo $$ > $HOME/pid; exec sleep 600")
        defer { scene.remove() }
        let process = try CredentialProcess(
            "\(scene.home.path)/process", profile: "default", location: .unknown, context: scene.context,
            timeLimit: .seconds(2))
        let problem = await #expect(throws: Diagnostic.self) { try await process.issue() }
        #expect(problem?.what.hasSuffix("did not answer within 2.0 seconds") == true)
        let text = try String(contentsOf: scene.home.appending(path: "pid"), encoding: .utf8)
        let pid = try #require(pid_t(text.filter(\.isNumber)))
        #expect(kill(pid, 0) == -1)
    }
}
