import Documents
import Subprocess
import Testing

/// Data on standard output, everything else on standard error, and exit codes that mean something.
@Suite struct StreamTests {
    static let demo = ["--type", "tabular", "--name", "demo"]

    @Test func everyCommandThatPrintsDataPrintsItAsJSON() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("one", "workload: {seed: 1}", file: "fleet/one.yaml")
            try sandbox.service("two", "workload: {seed: 2}", file: "fleet/two.yaml")
            let fleet = ["-f", "fleet"]
            let lines: [(line: [String], kind: String)] = [
                (["deploy"] + Self.demo, "DeploymentResultList"), (["status"], "ServiceStatusList"),
                (["history", "demo"], "ReleaseList"), (["diff"] + Self.demo + ["--cpu", "1"], "PlanList"),
                (["render"] + Self.demo, "List"), (["validate"] + Self.demo, "Validation"),
                (["config", "show"] + Self.demo, "ServiceConfiguration"),
                (["config", "show"] + fleet, "ServiceConfigurationList"),
                (["config", "explain", "resources.cpu"] + Self.demo, "Explanation"),
                (["config", "explain", "resources.cpu"] + fleet, "ExplanationList"),
                (["profiles", "list"], "ProfileList"),
                (["scale", "--service", "demo", "--replicas", "2"], "DeploymentResultList"),
                (["rollback", "demo"], "DeploymentResultList"), (["destroy", "demo"], "DeploymentResultList"),
            ]
            for (line, kind) in lines {
                let finished = try await sandbox.run(line + ["-o", "json"])
                #expect(finished.code == 0, "\(line): \(finished.error)")
                #expect(finished.error.isEmpty, "\(line): \(finished.error)")
                let document = try await finished.document()
                #expect(document["kind"]?.string == kind, "\(line)")
                #expect(document["apiVersion"]?.string?.isEmpty == false, "\(line)")
            }
        }
    }

    @Test func namesAreBareLines() async throws {
        try await Sandbox.with { sandbox in
            for line in [["deploy"] + Self.demo, ["validate"] + Self.demo, ["status"], ["destroy", "demo"]] {
                let finished = try await sandbox.run(line + ["-o", "name"])
                #expect(finished.output == "demo\n", "\(line)")
            }
        }
    }

    static let problems: [(line: [String], code: String, outcome: Int32)] = [
        (["validate", "--type", "tabula"], "service.unknown-type", 2), (["status", "nobody"], "service.unknown", 1),
        (["deploy", "--bogus"], "usage", 2),
        (["deploy", "--type", "tabular", "--name", "A"], "service.invalid-name", 2),
    ]

    @Test(arguments: problems)
    func problemsAreJSONToo(line: [String], code: String, outcome: Int32) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(line + ["-o", "json"])
            #expect(finished.code == outcome)
            #expect(finished.output.isEmpty)
            let document = try await finished.problems()
            #expect(document["kind"]?.string == "DiagnosticList")
            #expect(document["diagnostics"]?.sequence?.first?["code"]?.string == code)
        }
    }

    @Test func aFullDiskIsAFailure() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.shell(#""$0" config schema > /dev/full"#)
            #expect(finished.code == 1)
            #expect(finished.error.contains("standard output cannot be written: No space left on device"))
        }
    }

    /// 141 is SIGPIPE's; whatever was written before fits in the pipe gives 0.
    @Test(arguments: ["", "trap '' PIPE; "])
    func aReaderThatGoesAwayEndsTheToolQuietly(setup: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.shell(
                setup + #""$0" config schema | head -1; echo ${PIPESTATUS[0]}"#)
            #expect(finished.error.isEmpty)
            #expect(["0", "141"].contains(finished.lines.last))
            #expect(finished.lines.first == "{")
        }
    }

    @Test func onlyATerminalGetsColoursAndItsWidth() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(["deploy"] + Self.demo + ["--replicas", "0"])
            let piped = try await sandbox.run("status")
            #expect(!piped.output.contains("\u{1B}"))
            #expect(piped.output.hasPrefix("Service Status:\n┌"))
            let shown = try await sandbox.shell(#"script -qec "stty cols 80; $0 status" /dev/null"#)
            #expect(shown.output.contains("\u{1B}[1m"))
            // Eleven columns do not fit in 80: one record a service.
            let wide = try await sandbox.shell(
                #"script -qec "stty cols 80; $0 status -o wide" /dev/null"#, environment: ["NO_COLOR": "1"])
            let records = wide.output.split(whereSeparator: \.isNewline)
            #expect(records.contains("Service      demo") && records.contains("Environment  development"))
            let plain = try await sandbox.shell(
                #"script -qec "stty cols 60; $0 status" /dev/null"#, environment: ["NO_COLOR": "1"])
            #expect(!plain.output.contains("\u{1B}"))
            let rows = plain.output.split(whereSeparator: \.isNewline)
            #expect(rows.count > 4 && rows.allSatisfy { $0.count <= 60 }, "\(plain.output)")
        }
    }

    @Test func aTerminalIsNotSteeredByWhatReplicasWrite() async throws {
        try await Sandbox.with { sandbox in
            let deployed = try await sandbox.shell(
                #"""
                "$0" deploy --type tabular --name demo \
                    --set "workload.command=[sh, -c, 'printf \"\\033[31mred\\n\"; exec \"\$0\" workload serve', $0]"
                """#)
            #expect(deployed.code == 0, "\(deployed.error)")
            let piped = try await sandbox.run("logs", "demo")
            #expect(piped.lines.contains("demo-0 | \u{1b}[31mred"))
            let shown = try await sandbox.shell(#"script -qec "$0 logs demo" /dev/null"#)
            #expect(shown.output.contains(#"demo-0 | \u{1b}[31mred"#))
            #expect(!shown.output.contains("\u{1b}[31m"))
        }
    }
}
