import Documents
import FoundationEssentials
import Testing

/// A service's life on this machine, from its first deployment to its end.
@Suite struct LocalLifeTests {
    static let demo = ["--type", "tabular", "--name", "demo"]

    @Test func aServiceLivesAndChanges() async throws {
        try await Sandbox.with { sandbox in
            let file = try sandbox.service("demo", "workload: {seed: 1, rate: 36000/hour}")
            let deploy = ["deploy", "-f", file]
            #expect(try await sandbox.run(deploy).code == 0)

            let again = try await sandbox.run(deploy)
            #expect(again.code == 0)
            #expect(again.error.contains("demo: unchanged"))
            let same = try await sandbox.run("diff", "-f", file, "--exit-code")
            #expect(same.code == 0)
            #expect(same.output == "demo: no changes (revision 1)\n")

            try sandbox.service("demo", "workload: {seed: 2, rate: 36000/hour}")
            let changed = try await sandbox.run("diff", "-f", file, "--exit-code")
            #expect(changed.code == 3)
            #expect(changed.output.contains("demo: revision 1 -> 2\n"))
            #expect(changed.output.contains("+ 2   (demo.yaml:8:"), "\(changed.output)")
            #expect(try await sandbox.run(deploy).error.contains("(revision 2)"))

            #expect(try await sandbox.run("scale", "--service", "demo", "--replicas", "2").code == 0)
            #expect(try await sandbox.run(deploy).error.contains("demo: unchanged"))
            let status = try await sandbox.run("status", "demo", "-o", "json").document()
            #expect(status["items"]?.sequence?.first?["replicas"]?["ready"]?.integer == 2)
            #expect(status["items"]?.sequence?.first?["status"]?.string == "healthy")

            #expect(try await sandbox.run("rollback", "demo", "--to-revision", "1").code == 0)
            let unknown = try await sandbox.run("rollback", "demo", "--to-revision", "77")
            #expect(unknown.code == 1)
            #expect(unknown.error.contains("revision 77 is not in the history"))
            let history = try await sandbox.run("history", "demo", "-o", "name")
            #expect(history.output == "4\n3\n2\n1\n")
        }
    }

    @Test func valuesThatLookLikeSecretsAreShownByNeitherDiffNorHistory() async throws {
        try await Sandbox.with { sandbox in
            func file(_ value: String) throws -> String {
                try sandbox.service("demo", "deployment: {env: [{name: API_TOKEN, value: \(value)-FAKE}]}")
            }
            let deployed = try await sandbox.run("deploy", "-f", file("hunter2"), "-o", "json")
            #expect(deployed.code == 0)
            let changed = try file("hunter3")
            for format in [[], ["-o", "json"], ["-o", "yaml"]] {
                let difference = try await sandbox.run(["diff", "-f", changed] + format)
                #expect(difference.output.contains("<redacted "), "\(difference.output)")
                let history = try await sandbox.run(["history", "demo"] + format)
                #expect(history.output.contains("<redacted ") != format.isEmpty)
                for finished in [deployed, difference, history] {
                    #expect(!(finished.output + finished.error).contains("-FAKE"))
                }
            }
            // A rollback still has it.
            #expect(try await sandbox.run("deploy", "-f", changed).code == 0)
            #expect(try await sandbox.run("rollback", "demo").code == 0)
            let variables = try await sandbox.shell(
                #"cat "$XDG_STATE_HOME"/synthdata-infra/local/*/demo/releases/0003.json"#)
            #expect(variables.output.contains("hunter2-FAKE"))
        }
    }

    @Test func logsAreFollowedUntilInterrupted() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(["deploy"] + Self.demo)
            // As a job of its own it may be interrupted; what the shell says of that is left out.
            let followed = try await sandbox.shell(
                #"""
                set -m
                exec 3>&2 2>/dev/null
                "$0" logs -f demo >followed 2>&3 & pid=$!
                for _ in {1..600}; do grep -q 'listening on' followed && break; sleep 0.1; done
                kill -INT $pid; wait $pid; code=$?
                cat followed; exit $code
                """#)
            #expect(followed.code == 130)
            #expect(followed.error.isEmpty)
            #expect(followed.lines.contains { $0.hasPrefix("demo-0 | listening on ") })
            let one = try await sandbox.run("logs", "demo", "--replica", "demo-0", "--tail", "1")
            #expect(one.lines.count == 1)
            let nobody = try await sandbox.run("logs", "demo", "-f", "--replica", "nobody")
            #expect(nobody.code == 1)
            #expect(nobody.error.contains("use one of demo-0"))
        }
    }

    @Test func dataIsKeptUnlessItsDeletionIsAskedFor() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(["deploy"] + Self.demo + ["--set", "workload.rate=3600000/hour"])
            _ = try await sandbox.shell(
                #"for i in {1..50}; do find "$XDG_STATE_HOME" -name '*.csv' | grep -q . && break; sleep 0.1; done"#)
            let destroyed = try await sandbox.run("destroy", "demo")
            #expect(destroyed.code == 0)
            let kept = destroyed.error.split(separator: "\n").compactMap { $0.split(separator: "demo: kept ").first }
            let folder = try #require(kept.last.map(String.init))
            #expect(FileManager.default.fileExists(atPath: folder), "\(destroyed.error)")
            #expect(try await sandbox.run("destroy", "demo").error.contains("demo: kept \(folder)"))
            #expect(try await sandbox.run("history", "demo").output.contains("destroyed"))
            #expect(try await sandbox.run("destroy", "demo", "--delete-data").code == 0)
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(try await sandbox.run("destroy", "demo").error.contains("[service.unknown]"))
        }
    }

    static let doomed: [(override: String, flags: [String], code: Int32, words: String)] = [
        ("workload: {command: [/no/such/program]}", [], 1, "demo.yaml:8:"),
        ("workload: {command: [sh, -c, 'echo boom; exit 3']}", [], 1, "demo.yaml:8:"),
        ("workload: {faults: {never_ready: true}}", ["--set", "health.startup_timeout=1s"], 1, "[local.never-ready]"),
        ("workload: {faults: {never_ready: true}}", ["--timeout", "3s"], 4, "[deploy.timed-out]"),
        (
            "workload: {faults: {never_ready: true}}", ["--set", "health.startup_timeout=1s"], 1,
            "note: the configuration asks for the fault `never_ready: true` (demo.yaml:8:"
        ),
    ]

    @Test(arguments: doomed)
    func aDoomedDeploymentNamesItsCause(override: String, flags: [String], code: Int32, words: String) async throws {
        try await Sandbox.with { sandbox in
            let file = try sandbox.service("demo", override)
            let finished = try await sandbox.run(["deploy", "-f", file] + flags)
            #expect(finished.code == code)
            #expect(finished.error.contains("\n\(words)") || finished.error.contains(words), "\(finished.error)")
        }
    }

    @Test func aTimeoutNamesTheCommandThatEndsWhatGoesOn() async throws {
        try await Sandbox.with { sandbox in
            let stuck = ["deploy"] + Self.demo + ["--set", "workload.command=[sleep, 1000]", "--timeout", "3s"]
            let first = try await sandbox.run(stuck)
            #expect(first.code == 4)
            #expect(first.error.contains("keeps trying meanwhile: `synthdata-infra destroy demo` ends it"))
            #expect(try await sandbox.run("destroy", "demo").code == 0)
            #expect(try await sandbox.run(["deploy"] + Self.demo).code == 0)
            let second = try await sandbox.run(stuck)
            #expect(second.code == 4)
            #expect(
                second.error.contains(
                    "keeps trying meanwhile: `synthdata-infra rollback demo` takes it back to revision 1"))
            #expect(try await sandbox.run("rollback", "demo").code == 0)
            let status = try await sandbox.run("status", "demo", "-o", "json").document()
            #expect(status["items"]?.sequence?.first?["status"]?.string == "healthy")
            // Who asked for it to be taken back is not told to do so.
            let back = try await sandbox.run(stuck + ["--rollback-on-failure"])
            #expect(back.code == 4)
            #expect(!back.error.contains("keeps trying"))
        }
    }

    @Test func aDestroyThatCannotRemoveEverythingSaysSoAndIsFinishedByAnother() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(["deploy"] + Self.demo).code == 0)
            #expect(try await !left(sandbox).isEmpty)
            // Folders so deep that no path of theirs is short enough for the system (ENAMETOOLONG).
            let deepen = try await sandbox.shell(
                #"""
                python3 - "$XDG_STATE_HOME"/synthdata-infra/local/*/demo/logs <<'END'
                import os, sys
                os.chdir(sys.argv[1])
                for _ in range(20):
                    os.mkdir("x" * 250)
                    os.chdir("x" * 250)
                END
                """#)
            #expect(deepen.code == 0, "\(deepen.error)")
            for _ in 1...2 {
                let refused = try await sandbox.run("destroy", "demo", "--delete-data")
                #expect(refused.code == 1)
                #expect(refused.error.contains("[local.not-removed]"), "\(refused.error)")
                #expect(refused.error.contains("File name too long"))
                #expect(try await sandbox.run("history", "demo", "-o", "name").output == "1\n")
            }
            #expect(try await sandbox.shell(#"rm -r "$XDG_STATE_HOME"/synthdata-infra/local/*/demo/logs/x*"#).code == 0)
            #expect(try await sandbox.run("destroy", "demo", "--delete-data").code == 0)
            #expect(try await sandbox.run("destroy", "demo", "--delete-data").error.contains("[service.unknown]"))
            #expect(try await left(sandbox) == [])
        }
    }

    /// What the state folder has of the service.
    private func left(_ sandbox: Sandbox) async throws -> [String] {
        let found = try await sandbox.shell(#"find "$XDG_STATE_HOME" -path '*demo*'"#)
        try #require(found.code == 0, "\(found.error)")
        return found.lines
    }

    @Test func aFirstDeploymentThatCannotBeRecordedLeavesNothing() async throws {
        try await Sandbox.with { sandbox in
            // No file may have any content, as on a full disk (EFBIG).
            let failed = try await sandbox.shell(
                #"trap '' XFSZ; ulimit -f 0; exec "$0" "$@""#, ["deploy"] + Self.demo)
            #expect(failed.code == 1)
            #expect(failed.error.contains("[local.state-unwritable]"), "\(failed.error)")
            #expect(try await left(sandbox) == [])
            #expect(try await sandbox.run(["deploy"] + Self.demo).code == 0)
            #expect(try await !left(sandbox).isEmpty)
        }
    }

    @Test func aFailedDeploymentCanGoBackByItself() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(["deploy"] + Self.demo)
            let file = try sandbox.service("demo", "workload: {command: [sh, -c, 'exit 3']}")
            let failed = try await sandbox.run("deploy", "-f", file, "--rollback-on-failure")
            #expect(failed.code == 1)
            #expect(failed.error.contains("going back to revision 1"))
            let status = try await sandbox.run("status", "-o", "json").document()
            #expect(status["items"]?.sequence?.first?["status"]?.string == "healthy")
        }
    }

    @Test func oneDoomedServiceOfAFleetLeavesTheOthersAlone() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("one", "workload: {seed: 1}", file: "fleet/one.yaml")
            try sandbox.service("two", "workload: {command: [/no/such]}", file: "fleet/two.yaml")
            try sandbox.service("three", "workload: {seed: 3}", file: "fleet/three.yaml")
            let finished = try await sandbox.run("deploy", "-f", "fleet", "-o", "json")
            #expect(finished.code == 1)
            let items = try await finished.document()["items"]?.sequence ?? []
            let states = Dictionary(uniqueKeysWithValues: items.map { ($0["name"]?.string, $0["status"]?.string) })
            #expect(states == ["one": "deployed", "two": "failed", "three": "deployed"])
        }
    }

    @Test func aNewProjectValidatesAndDeploys() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run("init").code == 0)
            #expect(try await sandbox.run("init").error.contains("the file exists already"))
            #expect(try await sandbox.run("validate", "-f", "services").code == 0)
            let deployed = try await sandbox.run("deploy", "-f", "services", "-o", "name")
            #expect(deployed.code == 0)
            #expect(deployed.output == "my-tabular\n")
        }
    }
}
