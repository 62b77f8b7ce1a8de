import Diagnostics
import Documents
import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

/// A deployment that cannot succeed says so early, with the cause and the configuration line.
@Suite struct DoomTests {
    private func problem(_ scratch: Scratch, _ manifest: Node, timeout: Int = 20) async throws -> Diagnostic {
        try await #require(throws: Diagnostic.self) { try await scratch.deploy(manifest, timeout: timeout) }
    }

    @Test(
        arguments: [
            ("[no-such-program, -x]", "local.command-not-found"), ("[./nothing-here]", "local.command-not-found"),
            ("[/tmp]", "local.command-not-executable"), ("[./server.py]", "local.command-not-executable"),
        ])
    func namesACommandThatCannotRun(command: String, code: String) async throws {
        try await Scratch.with { scratch in
            let problem = try await problem(scratch, scratch.manifest(command: command))
            #expect(problem.code.name == code)
            #expect(problem.location?.description == "service.yaml:6:13")
            #expect(!scratch.folder.exists)
        }
    }

    @Test func showsTheLastLinesOfAReplicaThatExits() async throws {
        try await Scratch.with { scratch in
            let problem = try await problem(scratch, scratch.manifest(env: ["EXIT_AT_START": "3"]))
            #expect(problem.code == .exits)
            #expect(problem.what.contains("exited with code 3"))
            #expect(problem.location?.description == "service.yaml:6:12")
            #expect(problem.notes.first?.message.contains("the model file is missing") == true)
            #expect(try await scratch.eventually { scratch.processes.isEmpty })
            let status = try #require(try await scratch.status())
            #expect(status.state == .failed)
            #expect(status.cause?.contains("exited with code 3") == true)
        }
    }

    @Test func showsTheLastAnswerOfAReplicaThatIsNeverReady() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(
                env: ["NEVER_READY": "1"], extra: "spec: {readiness: {startupMilliseconds: 2500}}")
            let problem = try await problem(scratch, manifest)
            #expect(problem.code == .neverReady)
            #expect(problem.why?.contains("/readyz answered 503: warming up for ever") == true)
            #expect(problem.location?.description == "service.yaml:10:21")
        }
    }

    @Test func namesWhoHoldsAPort() async throws {
        try await Scratch.with { scratch in
            try await Scratch.with { other in
                let endpoint = try #require(try await other.deploy(other.manifest()).endpoint)
                let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
                let problem = try await problem(scratch, scratch.manifest(port: port))
                #expect(problem.code == .portTaken)
                #expect(problem.location?.description == "service.yaml:8:9")
                #expect(problem.why?.contains("local-supervisor") == true)
                #expect(try await scratch.eventually { scratch.processes.isEmpty })
            }
        }
    }

    @Test func theOldRevisionServesOnWhenTheNewOneIsDoomed() async throws {
        try await Scratch.with { scratch in
            let good = try scratch.manifest(replicas: 2, env: ["TAG": "good"])
            let endpoint = try #require(try await scratch.deploy(good).endpoint)
            let before = try await scratch.snapshot().replicas.compactMap(\.process)
            let bad = try scratch.manifest(replicas: 2, env: ["TAG": "bad", "EXIT_AT_START": "1"])
            let problem = try await problem(scratch, bad)
            #expect(problem.code == .exits)
            #expect(try HTTPClient.get(endpoint, "/").json?["tag"] == "good")
            #expect(
                try await scratch.eventually {
                    try await scratch.snapshot().replicas.compactMap(\.process) == before
                })
            let status = try #require(try await scratch.status())
            #expect(status.state == .healthy)
            #expect(status.revision == 1)
            #expect(status.cause?.contains("revision 2 failed") == true)
            // Going back is no work: the old revision is what runs.
            let plan = try await scratch.provider.plan(scratch.release(good), deleteData: false)
            #expect(!plan.hasChanges)
            // The failed one is tried anew when asked again.
            #expect(try await scratch.provider.plan(scratch.release(bad), deleteData: false).hasChanges)
        }
    }

    @Test func aTimeoutLeavesTheServiceStarting() async throws {
        try await Scratch.with { scratch in
            let slow = try scratch.manifest(env: ["START_DELAY": "2"])
            let problem = try await problem(scratch, slow, timeout: 1)
            #expect(problem.code == .timedOut)
            try await scratch.deploy(slow)
            #expect(try await scratch.status()?.state == .healthy)
        }
    }

    @Test(
        arguments: [
            ("spec: {replicas: -1}", "extra.yaml:1:18"), ("spec: {command: []}", "extra.yaml:1:17"),
            ("spec: {command: [1]}", "extra.yaml:1:18"), ("spec: {port: 65536}", "extra.yaml:1:14"),
            ("spec: {env: [{name: A=B, value: x}]}", "extra.yaml:1:14"),
            ("spec: {readiness: {path: x}}", "extra.yaml:1:26"),
        ])
    func refusesAManifestThatMakesNoSense(patch: String, place: String) async throws {
        try await Scratch.with { scratch in
            let problem = try await problem(scratch, scratch.manifest(extra: patch))
            #expect(problem.code == .localManifest)
            #expect(problem.location?.description == place)
            #expect(!scratch.folder.exists)
        }
    }
}
