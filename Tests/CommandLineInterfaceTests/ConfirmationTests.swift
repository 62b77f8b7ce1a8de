import Subprocess
import Testing

/// A person is asked before what cannot be taken back; a pipeline never is.
@Suite struct ConfirmationTests {
    static let deploy = ["deploy", "--type", "tabular", "--name", "demo"]

    @Test func aTerminalAsksBeforeItDestroys() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(Self.deploy).code == 0)
            let declined = try await Terminal.run(sandbox, ["destroy", "demo", "--delete-data"], keys: "n\n")
            #expect(declined.code == 1)
            #expect(
                declined.screen.contains {
                    $0.hasPrefix("Destroy demo and delete their data, which cannot be undone? [y/N] n")
                }, "\(declined.screen)")
            #expect(declined.screen.contains { $0.contains("nothing was changed [declined]") })
            #expect(try await sandbox.run("status", "-o", "name").output == "demo\n")
            let confirmed = try await Terminal.run(sandbox, ["destroy", "demo"], keys: "y\n")
            #expect(confirmed.code == 0)
            #expect(try await sandbox.run("status", "-o", "name").output.isEmpty)
        }
    }

    /// The end of the input is no consent.
    @Test func noAnswerIsNo() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(Self.deploy)
            let terminal = try await Terminal.run(sandbox, ["destroy", "demo"], keys: "\u{4}")
            #expect(terminal.code == 1)
            #expect(terminal.screen.contains { $0.contains("[declined]") })
        }
    }

    /// The first Ctrl-C ends the question, and what asked it.
    @Test func anInterruptionIsNoAnswer() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(Self.deploy)
            let terminal = try await Terminal.run(sandbox, ["destroy", "demo"], keys: "\u{3}")
            #expect(terminal.code == 130)
            #expect(terminal.screen.contains { $0.contains("[interrupted]") }, "\(terminal.screen)")
            #expect(try await sandbox.run("status", "-o", "name").output == "demo\n")
        }
    }

    @Test func yesAnswersAhead() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(Self.deploy).code == 0)
            let terminal = try await Terminal.run(sandbox, ["destroy", "demo", "--yes"])
            #expect(terminal.code == 0)
            #expect(!terminal.screen.contains { $0.contains("[y/N]") })
        }
    }

    @Test func withoutATerminalNothingIsAsked() async throws {
        try await Sandbox.with { sandbox in
            #expect(try await sandbox.run(Self.deploy).code == 0)
            let finished = try await sandbox.run(["destroy", "demo"], input: "n\n")
            #expect(finished.code == 0)
            #expect(!finished.error.contains("[y/N]"))
        }
    }

    /// Nothing that a person has to answer stands in the way of what happens every day.
    @Test func anOrdinaryDeploymentAsksNothing() async throws {
        try await Sandbox.with { sandbox in
            let terminal = try await Terminal.run(sandbox, Self.deploy + ["--max-effect", "data-loss"])
            #expect(terminal.code == 0)
            #expect(!terminal.screen.contains { $0.contains("[y/N]") })
        }
    }
}
