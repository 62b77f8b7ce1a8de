import Diagnostics
import Documents
import Subprocess
import Testing

/// Command lines that do not parse are told like every other problem.
@Suite struct UsageTests {
    static let lines: [(line: [String], what: String, fix: String)] = [
        (["--name", "x"], "`synthdata-infra` has no option `--name`", "`synthdata-infra --help` lists the commands"),
        (["--version", "x"], "`--version` goes with nothing else", "write `synthdata-infra --version`"),
        (["monitor"], "there is no command `monitor`", "did you mean `synthdata-infra status --watch`?"),
        (["lgs", "x"], "there is no command `lgs`", "did you mean `synthdata-infra logs`?"),
        (["explain", "x"], "there is no command `explain`", "did you mean `synthdata-infra config explain`?"),
        (["help", "monitor"], "there is no command `monitor`", "did you mean `synthdata-infra status --watch`?"),
        (["supervise"], "there is no command `supervise`", "`synthdata-infra --help` lists the commands"),
        (
            ["config", "sho"], "`synthdata-infra config` has no command `sho`",
            "did you mean `synthdata-infra config show`?"
        ),
        (["deploy", "--typ", "image"], "`synthdata-infra deploy` has no option `--typ`", "did you mean `--type`?"),
        (["deploy", "--env=prod"], "`synthdata-infra deploy` has no option `--env`", "did you mean `--environment`?"),
        (
            ["deploy", "-x"], "`synthdata-infra deploy` has no option `-x`",
            "`synthdata-infra deploy --help` lists the options"
        ),
        (["deploy", "-fo"], "`synthdata-infra deploy` has no option `-fo`", "did you mean `-f o`?"),
        (["deploy", "web"], "`synthdata-infra deploy` takes no argument `web`", "did you mean `--name web`?"),
        (
            ["diff", "web.yaml"], "`synthdata-infra diff` takes no argument `web.yaml`", "did you mean `-f web.yaml`?"
        ),
        (
            ["logs", "a", "b.yaml"], "`synthdata-infra logs` takes no further argument `b.yaml`",
            "`synthdata-infra logs --help` shows what it takes"
        ),
        (
            ["logs", "a", "--", "-b"], "`synthdata-infra logs` takes no further argument `-b`",
            "`synthdata-infra logs --help` shows what it takes"
        ),
        (["deploy", "--name", "-a"], "--name: error: a value is missing", "write `--name=-a` when that is the value"),
        (["deploy", "--name", "--type", "image"], "--name: error: a value is missing", "write `--name <name>`"),
        (["status", "-o"], "-o: error: a value is missing", "write `-o <format>`"),
        (["status", "-o", "jsn"], "-o: error: `jsn` is not known", "did you mean `json`?"),
        (
            ["render", "--output=bogus"], "--output: error: `bogus` is not known",
            "write one of table, wide, json, yaml, name"
        ),
        (["status", "--watch=3"], "--watch: error: it takes no value", "write `--watch` alone"),
        (
            ["scale"], "`scale` needs to know how far",
            "give one of `--replicas 3`, `--to 1.2M/hour` and `--expire`"
        ),
        (
            ["template", "render"], "`synthdata-infra template render` needs `--template <file>`",
            "write `synthdata-infra template render --template <file>`"
        ),
        (
            ["destroy", "--delete-data"], "`synthdata-infra destroy` needs `<names>`",
            "write `synthdata-infra destroy <names>`"
        ),
        (
            ["scale", "--service", "x", "--replicas", "10001"], "--replicas: error: `10001` is not a valid number",
            "write for example `--replicas 3`"
        ),
        (["logs", "x", "--tail=-1"], "--tail: error: `-1` is not a valid number", "write for example `--tail 3`"),
        (
            ["rollback", "x", "--to-revision", "one"], "--to-revision: error: `one` is not a valid number",
            "write for example `--to-revision 3`"
        ),
        (
            ["workload", "serve", "--port", "65536"], "--port: error: `65536` is not a valid number",
            "write for example `--port 3`"
        ),
    ]

    @Test(arguments: lines)
    func problemsAreToldWithAWayOut(line: [String], what: String, fix: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(line)
            #expect(finished.code == 2)
            #expect(finished.output.isEmpty)
            #expect(
                finished.error.hasPrefix(what.contains("error: ") ? what : "error: \(what) [usage"), "\(finished.error)"
            )
            #expect(finished.error.contains("\n  fix: \(fix)\n"), "\(finished.error)")
        }
    }

    @Test func allProblemsAreToldAtOnceAndInJSON() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(
                "deploy", "--typ", "image", "--name", "-a", "extra", "--replicas", "-o", "json")
            #expect(finished.code == 2)
            let list = try JSONParser.parse(finished.error, file: SourceFile("error"))
            let problems = list["diagnostics"]?.sequence ?? []
            #expect(problems.map { $0["code"] } == ["usage", "usage", "usage", "usage"])
            #expect(problems.allSatisfy { $0["fix"] != nil })
        }
    }

    @Test(arguments: ["", "help", "help config show", "config", "deploy --help", "--version"])
    func askingForHelpIsNoProblem(line: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(line.split(separator: " ").map(String.init))
            #expect(finished.code == 0)
            #expect(finished.error.isEmpty)
            #expect(!finished.output.isEmpty)
        }
    }

    @Test(arguments: [
        ("--environment", "prod", "production"), ("--environment", "dev", "development"),
        ("--environment", "stage", "staging"), ("--provider", "k8s", "onprem"), ("--provider", "on-prem", "onprem"),
        ("--provider", "google", "gcp"), ("--type", "tab", "tabular"),
    ])
    func abbreviationsAreUnderstoodAsSuggestions(flag: String, value: String, meant: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run("validate", "--type", "image", flag, value)
            #expect(finished.code == 2)
            #expect(finished.error.contains("fix: did you mean `\(meant)`?"), "\(finished.error)")
        }
    }

    @Test func whatWasValidatedIsTold() async throws {
        try await Sandbox.with { sandbox in
            let nameless = try await sandbox.run("validate", "--type", "audio", "--provider", "aws")
            #expect(
                nameless.error.hasSuffix(
                    "the configuration of type `audio` for production on aws is valid; no service was given\n"))
            let listed = try await sandbox.run("validate", "--type", "audio", "-o", "json")
            #expect(try JSONParser.parse(listed.output, file: SourceFile("output"))["services"] == [])
            let named = try await sandbox.run("validate", "--type", "audio", "--name", "demo")
            #expect(named.error == "the service `demo` is valid\n")
            try sandbox.service("one", "workload: {seed: 1}", file: "fleet/one.yaml")
            try sandbox.service("two", "workload: {seed: 2}", file: "fleet/two.yaml")
            #expect(try await sandbox.run("validate", "-f", "fleet").error == "2 services are valid\n")
        }
    }

    @Test func aKeyIsExplainedWithoutADataType() async throws {
        try await Sandbox.with { sandbox in
            let explained = try await sandbox.run("config", "explain", "resources.cpu")
            #expect(explained.code == 0)
            #expect(explained.lines.first == "resources.cpu = 2")
            #expect(explained.lines.contains { $0.contains("profiles/base.yaml:") && $0.hasSuffix("  2") })
            #expect(explained.lines.contains { $0.contains("    video ") && $0.hasSuffix("  16") })
            #expect(explained.output.contains("type: CPU quantity"))
            let same = try await sandbox.run("config", "explain", "deployment.replicas")
            #expect(!same.output.contains("data types that differ"))
            let document = try await sandbox.run("config", "explain", "workload.rate", "-o", "json")
            let exceptions = try JSONParser.parse(document.output, file: SourceFile("output"))["exceptions"]
            #expect(exceptions?.sequence?.count == 6)
            let unknown = try await sandbox.run("config", "explain", "resources.cpus")
            #expect(unknown.code == 2)
            #expect(unknown.error.contains("did you mean `resources.cpu`?"))
        }
    }

    /// A project's layer over a type's own has the last word, whatever the type.
    @Test func aLayerAboveTheTypesHoldsForAllOfThem() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write("resources: {cpu: 3}\n", to: "synthdata/base.yaml")
            let explained = try await sandbox.run("config", "explain", "resources.cpu")
            #expect(explained.lines.first == "resources.cpu = 3")
            #expect(!explained.output.contains("data types that differ"))
        }
    }

    @Test func onATerminalDiagnosticsFit() async throws {
        try await Sandbox.with { sandbox in
            let line = #"script -qec "stty cols 60; $0 validate --type tabular --memory 16" /dev/null"#
            let shown = try await sandbox.shell(line, environment: ["NO_COLOR": "1"])
            let lines = shown.output.split(whereSeparator: \.isNewline)
            #expect(lines.contains { $0.hasPrefix("        ") }, "\(shown.output)")
            #expect(lines.dropFirst().allSatisfy { $0.count <= 60 }, "\(shown.output)")
            let piped = try await sandbox.run("validate", "--type", "tabular", "--memory", "16")
            #expect(piped.error.split(separator: "\n").count == 3)
        }
    }

    @Test(arguments: [
        ("tabula", "data-types/tabular"), ("data-types/imgae", "data-types/image"), ("prod", "environments/production"),
    ])
    func profilesAreSuggestedByTheirLastPart(name: String, meant: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run("profiles", "show", name)
            #expect(finished.code == 2)
            #expect(finished.error.contains("fix: did you mean `\(meant)`?"), "\(finished.error)")
            #expect(try await sandbox.run("profiles", "show", meant).code == 0)
        }
    }

    /// What is wrong elsewhere is told, and keeps no key from being explained.
    @Test func aKeyIsExplainedInAWrongConfiguration() async throws {
        try await Sandbox.with { sandbox in
            let file = try sandbox.write("deployment: {replicas: many}\nresources: {memry: 1Gi}\n", to: "wrong.yaml")
            let other = try await sandbox.run("config", "explain", "resources.cpu", "--type", "tabular", "-f", file)
            #expect(other.code == 0)
            #expect(other.lines.first == "resources.cpu = 4")
            for text in ["1:24: warning: `deployment.replicas` takes", "2:13: warning: unknown key `resources.memry`"] {
                #expect(other.error.contains(text), "\(other.error)")
            }
            let general = try await sandbox.run("config", "explain", "resources.cpu", "--set", "scaling.enabled=on")
            #expect(general.code == 0)
            #expect(general.lines.first == "resources.cpu = 2")
            #expect(general.error.split(separator: "\n").filter { $0.contains("warning:") }.count == 1)
            let wrong = try await sandbox.run(
                "config", "explain", "deployment.replicas", "--type", "tabular", "-f", file)
            #expect(wrong.code == 2)
            #expect(wrong.lines.last?.hasSuffix("  many") == true)
            #expect(wrong.error.contains("wrong.yaml:1:24: error:"))
        }
    }

    @Test(arguments: ["--version", "--image", "--cpu"])
    func aFlagWithAnEmptyValueIsRefused(flag: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run("validate", "--type", "tabular", "--name", "x", flag, "")
            #expect(finished.code == 2)
            #expect(finished.error.contains(" is empty [config.assignment]"))
        }
    }

    @Test(arguments: [["config", "schema"], ["profiles", "show", "image"]])
    func documentsArePrintedAsJSONAndYAML(command: [String]) async throws {
        try await Sandbox.with { sandbox in
            let json = try await sandbox.run(command + ["-o", "json"])
            let yaml = try await sandbox.run(command + ["-o", "yaml"])
            #expect(json.code == 0)
            #expect(try await json.document() == Finished.parsed(yaml.output))
            #expect(try await sandbox.run(command + ["-o", "table"]).code == 2)
        }
    }
}
