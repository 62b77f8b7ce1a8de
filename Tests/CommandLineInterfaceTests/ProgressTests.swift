import Documents
import Subprocess
import Testing

/// How a deployment tells of itself while it is under way.
@Suite struct ProgressTests {
    static let demo = ["--type", "tabular", "--name", "demo"]

    /// Each line on its own, as Python reads it.
    private func events(_ text: String) async throws -> [Node] {
        let program = "import json, sys\nprint(json.dumps([json.loads(line) for line in sys.stdin]))"
        return try Finished.parsed(try await Project.python(program, input: text)).sequence ?? []
    }

    @Test func eventsAreLinesOfJSON() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(["deploy"] + Self.demo + ["--progress", "json"])
            #expect(finished.code == 0 && finished.output.isEmpty)
            let events = try await events(finished.error)
            #expect(events.allSatisfy { $0["apiVersion"]?.string == "synthdata.io/v1" })
            #expect(events.allSatisfy { $0["kind"]?.string == "DeploymentEvent" })
            #expect(events.allSatisfy { $0["service"]?.string == "demo" })
            #expect(events.allSatisfy { $0["time"]?.string?.hasSuffix("Z") == true })
            let types = events.compactMap { $0["type"]?.string }
            #expect(types.first == "planned" && types.last == "finished")
            #expect(Set(types).isSuperset(of: ["progress", "ready"]))
            #expect(events.last?["status"]?.string == "deployed" && events.last?["revision"]?.integer == 1)
        }
    }

    @Test func aFailureIsAnEventAndItsProblemsAreJSON() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(
                ["deploy"] + Self.demo + ["--progress=json", "--set", "workload.command=[sh, -c, exit 3]"])
            #expect(finished.code == 1)
            let events = try await events(finished.error)
            let failed = try #require(events.first { $0["type"]?.string == "failed" })
            #expect(failed["diagnostics"]?.sequence?.first?["code"]?.string == "local.exits")
            #expect(events.contains { $0["kind"]?.string == "DiagnosticList" })
        }
    }

    @Test func aTerminalShowsATableThatIsGoneAtTheEnd() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("one", "workload: {seed: 1}", file: "fleet/one.yaml")
            try sandbox.service("two", "workload: {faults: {ready_after: 3s}}", file: "fleet/two.yaml")
            let terminal = try await Terminal.run(sandbox, ["deploy", "-f", "fleet"])
            #expect(terminal.code == 0)
            #expect(terminal.frames.contains { $0.contains { $0.hasPrefix("one  ") && $0.contains("rolling out") } })
            #expect(terminal.frames.contains { $0.contains { $0.contains("1 done, 1 under way") } })
            let left = terminal.screen.filter { !$0.isEmpty }
            #expect(left.allSatisfy { $0.hasPrefix("one: ") || $0.hasPrefix("two: ") }, "\(left)")
            #expect(left.count { $0.contains("ready at http://") } == 2)
        }
    }

    @Test func aTerminalShowsAProblemWithoutRestsOfTheTable() async throws {
        try await Sandbox.with { sandbox in
            let terminal = try await Terminal.run(
                sandbox, ["deploy"] + Self.demo + ["--set", "workload.command=[sh, -c, exit 3]"])
            #expect(terminal.code == 1)
            #expect(terminal.screen.contains { $0.contains("[local.exits]") })
            #expect(!terminal.screen.contains { $0.hasPrefix("demo  ") }, "\(terminal.screen)")
        }
    }

    @Test(arguments: [["--progress", "lines"], ["-o", "json"]])
    func noTableWhereSomethingElseIsAskedFor(_ flags: [String]) async throws {
        try await Sandbox.with { sandbox in
            let terminal = try await Terminal.run(sandbox, ["deploy"] + Self.demo + flags)
            #expect(terminal.code == 0)
            #expect(!terminal.frames.contains { $0.contains { $0.hasPrefix("demo  ") } })
        }
    }

    @Test func withoutATerminalThereAreLinesWithoutControlCharacters() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(["deploy"] + Self.demo)
            #expect(finished.error.contains(" of 1 ready"))
            #expect(!finished.error.contains("\u{1B}"))
        }
    }
}
