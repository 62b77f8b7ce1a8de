import Testing

/// Command lines, as people and the founding document write them.
@Suite struct ParsingTests {
    static let tabular = ["--type", "tabular", "--name", "customer-synth", "--provider", "aws"]
    static let image = [
        "--type", "image", "--name", "product-images", "--provider", "gcp", "--gpu-type", "nvidia-tesla-v100",
        "--gpu-count", "2",
    ]

    @Test(arguments: [tabular + ["--environment", "production"], image])
    func aCloudIsRenderedAndItsDeploymentEndsInOneClearMessage(flags: [String]) async throws {
        try await Sandbox.with { sandbox in
            let deployed = try await sandbox.run(["deploy"] + flags)
            #expect(deployed.code == 2)
            #expect(deployed.output.isEmpty)
            if flags[5] == "aws" {
                #expect(deployed.error.contains("error: no region is named [aws.no-region]"), "\(deployed.error)")
            } else {
                #expect(deployed.error.contains("\nerror: this version cannot deploy to `\(flags[5])` yet"))
                #expect(deployed.error.contains("fix: `synthdata-infra render`"))
            }
            let rendered = try await sandbox.run(["render", "-o", "name"] + flags)
            #expect(rendered.code == 0)
            #expect(rendered.lines.contains { $0.contains("Deployment") && $0.contains(flags[3]) })
        }
    }

    @Test func scaleAndStatusOfTheFoundingDocumentParse() async throws {
        try await Sandbox.with { sandbox in
            let scaled = try await sandbox.run("scale", "--service", "customer-synth", "--replicas", "10")
            #expect(scaled.code == 1)
            #expect(scaled.error.contains("there is no service `customer-synth`"))
            #expect(try await sandbox.run("status").code == 0)
        }
    }

    static let flags: [[String]] = [
        ["--type", "time-series"], ["--name", "x"], ["--provider", "azure"], ["--environment", "staging"],
        ["--version", "1.10"], ["--replicas", "2"], ["--image", "example.com/x:1"], ["--cpu", "500m"],
        ["--memory", "2Gi"], ["--gpu-type", "nvidia-tesla-t4", "--gpu-count", "1"], ["--storage-size", "10Gi"],
        ["--storage-class", "fast"], ["--set", "workload.seed=7"], ["--config-dir", "layers"],
        ["--profiles-dir", "layers"], ["--templates-dir", "layers"], ["-f", "layer.yaml"],
    ]

    /// One row for each flag that describes a service: every command takes it.
    @Test(arguments: flags)
    func flagsThatDescribeAServiceAreTheSameEverywhere(flag: [String]) async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write("workload: {seed: 3}\n", to: "layer.yaml")
            try sandbox.write("workload: {seed: 4}\n", to: "layers/base.yaml.unused")
            let commands = [
                ["render"], ["diff"], ["validate"], ["config", "show"], ["config", "explain", "resources.cpu"],
            ]
            for command in commands {
                var line = command
                if flag[0] != "--type" { line += ["--type", "tabular"] }
                if flag[0] != "--name" { line += ["--name", "demo"] }
                let finished = try await sandbox.run(line + flag)
                let isCloudDiff = command == ["diff"] && flag == ["--provider", "azure"]
                #expect(finished.code == (isCloudDiff ? 2 : 0), "\(line + flag): \(finished.error)")
            }
            // A cloud is refused after everything else was understood.
            var line = ["deploy", "--type", "tabular", "--name", "demo", "--provider", "gcp"] + flag
            if flag[0] == "--type" || flag[0] == "--name" || flag[0] == "--provider" {
                line = ["deploy", "--type", "tabular", "--name", "demo"] + flag + ["--provider", "gcp"]
            }
            #expect(try await sandbox.run(line).error.contains("[provider.unavailable]"), "\(line)")
        }
    }

    @Test func aVersionStaysTheTextThatWasGiven() async throws {
        try await Sandbox.with { sandbox in
            let shown = try await sandbox.run(
                "config", "show", "--type", "tabular", "--version", "1.10", "-o", "json")
            #expect(shown.output.contains(#""version": "1.10""#))
        }
    }

    static let invalid: [(line: [String], code: String)] = [
        (["validate", "--type", "tabula"], "service.unknown-type"),
        (["validate", "--type", "tabular", "--provider", "awss"], "service.unknown-provider"),
        (["validate", "--type", "tabular", "--environment", "prod"], "service.unknown-environment"),
        (["status", "--provider", "bogus"], "service.unknown-provider"),
        (["validate", "--type", "tabular", "--memory", "16Gb"], "config.invalid-value"),
        (["validate", "--type", "tabular", "--cpu", "four"], "config.invalid-value"),
        (["validate", "--type", "tabular", "--name", "../x"], "service.invalid-name"),
        (["validate", "--type", "tabular", "--name", "a b"], "service.invalid-name"),
        (["validate", "--type", "tabular", "--name", "Upper"], "service.invalid-name"),
        (["validate", "--type", "tabular", "--name", String(repeating: "a", count: 64)], "service.invalid-name"),
        (["destroy", "../x"], "service.invalid-name"),
        (["deploy", "--type", "tabular", "--name", "x", "--timeout", "soon"], "usage.invalid-time"),
        (["config", "explain", "resources.cpus", "--type", "tabular"], "config.unknown-key"),
        (["config", "show", "--type", "tabular", "-o", "name"], "usage.output-format"),
        (["validate", "-f", "missing.yaml"], "document.unreadable"),
        (["validate", "-f", "dangling.yaml"], "document.unreadable"),
        (["validate", "-f", "/proc/self/mem"], "document.unreadable"),
        (["validate", "-f", "/dev/zero"], "document.unreadable"),
        (["validate", "-f", "empty"], "service.none"),
    ]

    @Test(arguments: invalid)
    func invalidInputIsNamedAndExitsWith2(line: [String], code: String) async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.shell("mkdir empty && ln -s nowhere dangling.yaml")
            let finished = try await sandbox.run(line)
            #expect(finished.code == 2, "\(finished.error)")
            #expect(finished.output.isEmpty)
            #expect(finished.error.contains("[\(code)]"), "\(finished.error)")
        }
    }

    static let malformed: [(text: String, place: String, code: String)] = [
        ("a: [1", "2:1", "document.syntax"), ("a: 1\na: 2\n", "2:1", "document.duplicate-key"),
        ("\ta: 1\n", "1:1", "document.syntax"), ("a: &x [*x]\n", "1:8", "document.alias"),
        ("a: \"x", "1:6", "document.syntax"), ("a: *nobody\n", "1:4", "document.alias"),
        ("- 1\n", "1:1", "config.wrong-kind"), ("apiVersion: synthdata.io/v1\n", "1:1", "config.missing-key"),
        ("resources: {cpus: 4}\n", "1:13", "config.unknown-key"),
        (String(repeating: "[", count: 100_000), "1:", "document."),
    ]

    @Test(arguments: malformed)
    func malformedFilesAreNamedWithThePlace(text: String, place: String, code: String) async throws {
        try await Sandbox.with { sandbox in
            let file = try sandbox.write(text, to: "bad.yaml")
            let finished = try await sandbox.run("validate", "--type", "tabular", "-f", file)
            #expect(finished.code == 2)
            #expect(finished.error.hasPrefix("bad.yaml:\(place)"), "\(finished.error)")
            #expect(finished.error.contains("[\(code)"), "\(finished.error)")
        }
    }

    @Test func bytesThatAreNotUTF8AreNamed() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.shell(#"printf 'a: \xff' | "$0" validate --type tabular -f -"#)
            #expect(finished.code == 2)
            #expect(finished.error.hasPrefix("<stdin>:1:4: error: byte 0xFF is not UTF-8"), "\(finished.error)")
        }
    }

    static let commands: [[String]] = [
        [], ["deploy"], ["diff"], ["scale"], ["rollback"], ["destroy"], ["status"], ["logs"], ["history"], ["init"],
        ["validate"], ["render"], ["config"], ["config", "show"], ["config", "explain"], ["config", "schema"],
        ["profiles"], ["profiles", "list"], ["profiles", "show"], ["template"], ["template", "render"], ["workload"],
        ["workload", "serve"],
    ]

    @Test(arguments: commands)
    func helpFitsIn80Columns(command: [String]) async throws {
        try await Sandbox.with { sandbox in
            let help = try await sandbox.run(command + ["--help"])
            #expect(help.code == 0)
            #expect(help.error.isEmpty)
            #expect(help.output.hasPrefix("OVERVIEW: "))
            // The usage line is one line, so that it can be copied.
            let long = help.lines.filter { $0.count > 80 && !$0.hasPrefix("USAGE:") }
            #expect(long.isEmpty, "\(long)")
        }
    }
}
