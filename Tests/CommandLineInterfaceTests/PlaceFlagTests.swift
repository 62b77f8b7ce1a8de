import Subprocess
import Testing

/// `--environment`, `--region` and `--cluster` of commands that read no service's file, from outside.
@Suite struct PlaceFlagTests {
    private static let keys: [(String, String)] = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "y"),
        ("AWS_MAX_ATTEMPTS", "1"),
    ]

    private func status(_ sandbox: Sandbox, _ flags: String...) async throws -> Finished {
        try await sandbox.run(
            ["status"] + flags,
            environment: Dictionary(uniqueKeysWithValues: Self.keys.map { (.init(stringLiteral: $0), $1) }))
    }

    @Test func theyAreForClouds() async throws {
        try await Sandbox.with { sandbox in
            for provider in [[], ["--provider", "onprem"]] {
                let refused = try await sandbox.run(["status"] + provider + ["--cluster", "blue"])
                #expect(refused.code == 2 && refused.error.contains("[service.not-at-cloud]"), "\(refused.error)")
            }
            let unknown = try await status(sandbox, "--provider", "aws", "--environment", "prod")
            #expect(unknown.code == 2 && unknown.error.contains("did you mean `production`?"), "\(unknown.error)")
        }
    }

    @Test func theyGoOverTheLayersOfTheEnvironment() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write(
                "providers: {aws: {cluster: blue}}\n", to: "synthdata/profiles/environments/staging.yaml")
            let region = ["--provider", "aws", "--region", "eu-west-1"]
            let unnamed = try await status(sandbox, region[0], region[1], region[2], region[3])
            #expect(unnamed.error.hasPrefix("--region: error: `providers.aws.cluster` is not set"), "\(unnamed.error)")
            // As far as AWS, which does not answer.
            for flags in [["--environment", "staging"], ["--cluster", "green"]] {
                let named = try await status(sandbox, region[0], region[1], region[2], region[3], flags[0], flags[1])
                #expect(named.error.contains("(sts:GetCallerIdentity): the server refuses"), "\(named.error)")
            }
        }
    }
}
