import Documents
import Testing

/// `render --format terraform`, from outside.
@Suite struct TerraformRenderTests {
    private static let place = [
        "--provider", "aws", "--set", "providers.aws={region: eu-west-1, cluster: main}", "--set",
        "storage.storage_class=shared",
    ]

    @Test func oneServiceIsPrintedAndWrittenAsTheSameBytes() async throws {
        try await Sandbox.with { sandbox in
            let flags = ["render", "--type", "text", "--name", "demo", "--format", "terraform"] + Self.place
            let printed = try await sandbox.run(flags)
            #expect(printed.code == 0 && printed.error.isEmpty, "\(printed.error)")
            let configuration = try Finished.parsed(printed.output)
            #expect(configuration["resource"]?["aws_s3_bucket"] != nil)
            let written = try await sandbox.run(flags + ["--output-dir", "made"])
            #expect(written.code == 0 && written.output.isEmpty, "\(written.error)")
            #expect(try sandbox.text("made/synthdata/demo/main.tf.json") == printed.output)
        }
    }

    @Test func severalServicesNeedFolders() async throws {
        try await Sandbox.with { sandbox in
            let service = { (name: String) in
                """
                apiVersion: synthdata.io/v1
                kind: SyntheticDataService
                metadata: {name: \(name)}
                spec: {type: text}
                """
            }
            try sandbox.write("\(service("one"))\n---\n\(service("two"))\n", to: "services.yaml")
            let flags = ["render", "-f", "services.yaml", "--format", "terraform"] + Self.place
            let refused = try await sandbox.run(flags)
            #expect(refused.code == 2 && refused.error.contains("[usage.render-format]"), "\(refused.error)")
            #expect(refused.error.contains("--output-dir"))
            #expect(try await sandbox.run(flags + ["--output-dir", "made"]).code == 0)
            for name in ["one", "two"] {
                let text = try sandbox.text("made/synthdata/\(name)/main.tf.json")
                #expect(text.contains("synthdata/\(name)"))
            }
        }
    }

    @Test(arguments: [
        (["--format", "terrafrom"], "did you mean `terraform`?"), (["--format", "terraform", "--rights"], "--rights"),
        (["--format", "terraform", "-o", "yaml"], "use one of json"),
    ])
    func whatDoesNotGoTogetherIsToldOf(flags: [String], words: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(["render", "--type", "text", "--name", "demo"] + Self.place + flags)
            #expect(finished.code == 2 && finished.error.contains(words), "\(finished.error)")
        }
    }
}

/// `--engine`, from outside.
@Suite struct EngineFlagTests {
    @Test func itIsTheFlagOfItsKey() async throws {
        try await Sandbox.with { sandbox in
            let flags = ["--type", "text", "--name", "demo", "--provider", "aws", "--engine", "terraform"]
            let shown = try await sandbox.run(["config", "show"] + flags + ["-o", "json"])
            #expect(shown.code == 0 && shown.output.contains("\"engine\": \"terraform\""), "\(shown.error)")
            let wrong = try await sandbox.run(["config", "show"] + flags.dropLast() + ["terrafrom"])
            #expect(wrong.code == 2 && wrong.error.contains("`terraform`"), "\(wrong.error)")
        }
    }

    @Test func elsewhereThereIsNothingForIt() async throws {
        try await Sandbox.with { sandbox in
            let refused = try await sandbox.run(["diff", "--type", "text", "--name", "demo", "--engine", "terraform"])
            #expect(refused.code == 2 && refused.error.contains("[usage.engine]"), "\(refused.error)")
        }
    }
}
