import FoundationEssentials
import Glibc
import Subprocess
import Testing

/// What goes wrong around a deployment: signals, locks, ports, state folders.
@Suite struct FaultTests {
    static let demo = ["--type", "tabular", "--name", "demo"]
    static let slow = ["deploy"] + demo + ["--set", "workload.faults.ready_after=20s"]

    @Test func anInterruptedDeploymentGoesOnLater() async throws {
        try await Sandbox.with { sandbox in
            let interrupted = try await sandbox.run(Self.slow, until: "0 of 1 ready") { try $0.send(.interrupt) }
            #expect(interrupted.code == 130)
            #expect(interrupted.error.contains("run the same command again"))
            let again = try await sandbox.run(Self.slow)
            #expect(again.code == 0)
            // On a busy machine it is ready before anybody goes on.
            #expect(["ready", "unchanged"].contains { again.error.contains("demo: \($0) at http://127.0.0.1:") })
        }
    }

    @Test func aKilledDeploymentGoesOnLater() async throws {
        try await Sandbox.with { sandbox in
            let killed = try await sandbox.run(Self.slow, until: "0 of 1 ready") { try $0.send(.kill) }
            #expect(killed.code == 137)
            #expect(try await sandbox.run(Self.slow).code == 0)
            #expect(try await sandbox.run("status", "-o", "name").output == "demo\n")
        }
    }

    @Test func twoDeploymentsAtOnceTakeTurns() async throws {
        try await Sandbox.with { sandbox in
            let first = try await sandbox.run(Self.slow, until: "0 of 1 ready") { _ in
                let refused = try await sandbox.run(Self.slow + ["--lock-timeout", "0s"])
                #expect(refused.code == 5)
                #expect(refused.error.contains("why: held by "))
                #expect(try await sandbox.run(Self.slow).code == 0)
            }
            #expect(first.code == 0)
        }
    }

    @Test func aWorkloadThatIgnoresSIGTERMIsEndedAnyway() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(
                ["deploy"] + Self.demo
                    + [
                        "--set", "workload.faults.ignore_sigterm=true", "--set",
                        "deployment.termination_grace_period=1s",
                    ])
            #expect(try await sandbox.run("destroy", "demo").code == 0)
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test func aTakenPortIsNamedWithItsLine() async throws {
        try await Sandbox.with { sandbox in
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    _ = bind(socket, address, size)
                    _ = listen(socket, 1)
                    _ = getsockname(socket, address, &size)
                }
            }
            let port = UInt16(bigEndian: address.sin_port)
            let file = try sandbox.service("demo", "providers: {local: {port: \(port)}}")
            let finished = try await sandbox.run("deploy", "-f", file)
            #expect(finished.code == 1)
            #expect(finished.error.contains("demo.yaml:8:"), "\(finished.error)")
            #expect(finished.error.contains("port \(port) is taken [local.port-taken]"), "\(finished.error)")
        }
    }

    @Test(arguments: ["/proc", "/dev/null"])
    func aStateFolderThatCannotBeWrittenIsNamed(folder: String) async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(["deploy"] + Self.demo, environment: ["XDG_STATE_HOME": folder])
            #expect(finished.code == 1)
            #expect(finished.error.contains("[local.state-unwritable]"))
            #expect(finished.error.contains("fix: set XDG_STATE_HOME to a folder that can be written"))
        }
    }

    /// A tiny disk in a mount namespace of its own, which ends with the command.
    private static let mount = #"mkdir -p tiny && mount -t tmpfs -o size=8k tmpfs tiny"#

    @Test(
        .enabled("a file system can be mounted here") {
            var code: Int32 = 1
            try await Sandbox.with { code = try await $0.shell("unshare -m bash -c '\(mount)'").code }
            return code == 0
        })
    func aFullDiskIsNamed() async throws {
        try await Sandbox.with { sandbox in
            let line = #"export XDG_STATE_HOME=$PWD/tiny; exec "$0" deploy --type tabular --name demo"#
            let finished = try await sandbox.shell(
                "exec unshare -m bash -c '\(Self.mount) && \(line)' \"$0\"")
            #expect(finished.code == 1)
            #expect(finished.error.contains("No space left on device [local.state-unwritable]"), "\(finished.error)")
            #expect(finished.error.contains("fix: free some space"))
        }
    }

    @Test func aCorruptStateFileIsNamedAndSetAside() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.run(["deploy"] + Self.demo)
            let folder = "\(sandbox.path)/state/synthdata-infra/local/synthdata/demo"
            try Data("garbage".utf8).write(to: URL(filePath: "\(folder)/desired.json"))
            let finished = try await sandbox.run(["deploy"] + Self.demo)
            #expect(finished.code == 0)
            #expect(finished.error.contains("desired.json"))
            #expect(finished.error.contains("[local.corrupt-state]"))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.contains { $0.hasPrefix("desired.json") && $0 != "desired.json" }, "\(names)")
        }
    }
}
