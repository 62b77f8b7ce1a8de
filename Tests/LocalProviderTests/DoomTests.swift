import Diagnostics
import Documents
import Glibc
import ServiceModel
import Testing

@testable import LocalProvider

/// A deployment that cannot succeed says so early, with the cause and the configuration line.
@Suite struct DoomTests {
    private func problem(_ scratch: Scratch, _ manifest: Node, timeout: Int = 120) async throws -> Diagnostic {
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

    @Test(
        arguments: [
            ("env", "/usr/bin:/bin", "/usr/bin/env"), ("server.py", "/usr/bin:scripts", "SCRIPTS/server.py"),
            ("scripts/server.py", "/usr/bin", "SCRIPTS/server.py"),
            ("./scripts/server.py", "", "WORK/./scripts/server.py"),
        ])
    func findsACommandFromTheWorkingFolder(command: String, search: String, found: String) async throws {
        try await Scratch.with { scratch in
            mkdir("\(scratch.path)/scripts", 0o700)
            let script = "\(scratch.path)/scripts/server.py"
            try StateFile.replace(script, with: Array("#!/bin/sh\n".utf8))
            let launch = LaunchContext(
                executable: "/bin/false", workingDirectory: scratch.path, inheriting: ["PATH": search])
            let spec = try LocalServiceSpec(manifest: scratch.manifest(command: "[\(command)]"))
            let isScript = command.hasSuffix(".py")
            if isScript {
                let problem = #expect(throws: Diagnostic.self) { try launch.resolve(spec) }
                #expect(problem?.code == .commandNotExecutable)
                #expect(problem?.location?.description == "service.yaml:6:13")
            }
            chmod(script, 0o700)
            let path = found.replacing("SCRIPTS", with: "\(scratch.path)/scripts").replacing("WORK", with: scratch.path)
            #expect(try launch.resolve(spec) == path)
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
                env: ["NEVER_READY": "1"], extra: "spec: {readiness: {startupMilliseconds: 10000}}")
            let problem = try await problem(scratch, manifest)
            #expect(problem.code == .neverReady)
            #expect(problem.why?.contains("/readyz answered 503: warming up for ever") == true)
            #expect(problem.location?.description == "service.yaml:10:21")
        }
    }

    @Test(arguments: [("NEVER_READY", "local.never-ready"), ("EXIT_AT_START", "local.exits")])
    func namesTheLineOfAFaultThatTheConfigurationAsksFor(variable: String, code: String) async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(
                env: [variable: "1"],
                extra: """
                    spec:
                      readiness: {startupMilliseconds: 10000}
                      configuration:
                        faults:
                          never_ready: true
                          exit_code: 0
                          ignore_sigterm: false
                          latency_ms: null
                    """)
            let problem = try await problem(scratch, manifest)
            #expect(problem.code.name == code)
            let faults = problem.notes.filter { $0.message.contains("fault") }
            #expect(faults.map(\.message) == ["the configuration asks for the fault `never_ready: true`"])
            #expect(faults.first?.location?.description == "extra.yaml:5:20")
            #expect(problem.notes.contains { $0.message.contains("wrote") })
        }
    }

    @Test func aTimeoutNamesTheFaultToo() async throws {
        try await Scratch.with { scratch in
            let manifest = try scratch.manifest(
                env: ["NEVER_READY": "1"], extra: "spec: {configuration: {faults: {never_ready: true}}}")
            let problem = try await problem(scratch, manifest, timeout: 1)
            #expect(problem.code == .timedOut)
            #expect(problem.notes.first?.location?.description == "extra.yaml:1:46")
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
                // Its arguments are nobody's business.
                let holder = try await other.snapshot().supervisor.pid
                #expect(problem.why == "`local-supervisor` (pid \(holder)) listens on it")
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
            #expect(try await HTTPClient.get(endpoint, "/").json?["tag"] == "good")
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
            // Of a supervisor that is gone, too: it would go on with the old revision.
            let supervisor = try await scratch.snapshot().supervisor
            ProcessSignal.send(to: supervisor, SIGKILL)
            await SupervisorProcess.waitForEnd(of: supervisor, seconds: 5)
            let left = try #require(try await scratch.status())
            #expect(left.revision == 1)
            #expect(left.cause?.hasPrefix("its supervisor is gone and 2 of its 2 replicas still run") == true)
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
