import FoundationEssentials
import Subprocess
import Testing

/// What is kept of a deployment that failed.
@Suite struct EvidenceTests {
    private static let failing = """
        workload: {command: [sh, -c, "echo token is $API_TOKEN; echo reached the end; exit 3"]}
            deployment: {env: [{name: API_TOKEN, value: 'swordfish"42'}, {name: LEVEL, value: debug}]}
        """

    private func files(_ sandbox: Sandbox) throws -> [String: String] {
        let folder = "\(sandbox.path)/work/evidence"
        let bundles = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(bundles.count == 1)
        let bundle = "\(folder)/\(bundles.first ?? "")"
        var texts: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: bundle) {
            var isFolder = false
            _ = FileManager.default.fileExists(atPath: "\(bundle)/\(path)", isDirectory: &isFolder)
            if isFolder { continue }
            texts[path] = try sandbox.text("evidence/\(bundles.first ?? "")/\(path)")
        }
        return texts
    }

    @Test func aFailedDeploymentLeavesWhatIsKnownAndNoSecret() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("demo", Self.failing)
            let finished = try await sandbox.run(["deploy", "-f", "demo.yaml", "--evidence", "evidence"])
            #expect(finished.code == 1)
            let files = try files(sandbox)
            #expect(
                Set(files.keys).isSuperset(of: [
                    "README.txt", "verdict.txt", "verdict.yaml", "events.jsonl", "plan.yaml", "release.yaml",
                    "status.yaml",
                ]), "\(files.keys)")
            for (path, text) in files { #expect(!text.contains("swordfish"), "\(path)") }
            #expect(files["verdict.txt"]?.contains("[local.exits]") == true)
            #expect(files.contains { $0.key.hasPrefix("logs/") && $0.value.contains("reached the end") })
            #expect(files.contains { $0.key.hasPrefix("logs/") && $0.value.contains("token is <redacted ") })
            #expect(files["release.yaml"]?.contains("value: debug") == true)
            #expect(finished.error.contains("demo: evidence is saved in evidence/"))
            for path in files.keys { #expect(finished.error.contains("\n  \(path)\n"), "\(path) is not listed") }
            #expect(try await sandbox.shell("stat -c %a evidence/*/README.txt").output == "600\n")
        }
    }

    @Test func itIsSavedBeforeTheRollback() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("demo", "workload: {seed: 1}")
            #expect(try await sandbox.run("deploy", "-f", "demo.yaml").code == 0)
            try sandbox.service("demo", Self.failing)
            let finished = try await sandbox.run(
                ["deploy", "-f", "demo.yaml", "--rollback-on-failure", "--evidence", "evidence"])
            #expect(finished.code == 1)
            let saved = try #require(finished.error.firstRange(of: "evidence is saved"))
            let rollback = try #require(finished.error.firstRange(of: "going back to revision 1"))
            #expect(saved.lowerBound < rollback.lowerBound)
            #expect(try files(sandbox)["plan.yaml"]?.contains("revision: 2") == true)
        }
    }

    @Test func aFolderThatCannotBeWrittenHidesNoFailure() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("demo", Self.failing)
            let finished = try await sandbox.run(["deploy", "-f", "demo.yaml", "--evidence", "/proc/none"])
            #expect(finished.code == 1)
            #expect(finished.error.contains("warning: the evidence of `demo` could not be saved"))
            #expect(finished.error.contains("[local.exits]"))
        }
    }

    @Test func whatGoesWellLeavesNone() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.service("demo", "workload: {seed: 1}")
            #expect(try await sandbox.run("deploy", "-f", "demo.yaml", "--evidence", "evidence").code == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(sandbox.path)/work/evidence"))
        }
    }
}
