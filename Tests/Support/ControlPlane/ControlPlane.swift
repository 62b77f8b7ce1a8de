import FoundationEssentials
import Glibc

/// A real Kubernetes control plane with played nodes, one for all tests of the process.
///
/// `Tests/Support/control-plane/README.md` says what is real in it. It ends when this process does, however that
/// ends: it runs for as long as its standard input is open.
package struct ControlPlane: Sendable {
    /// Files for the administrator by token, by certificate, and for a user without rights.
    package struct Kubeconfigs: Sendable, Decodable {
        package let admin: String
        package let certificate: String
        package let restricted: String
    }

    package let kubeconfigs: Kubeconfigs
    /// `https://127.0.0.1:port`
    package let server: String

    /// The folder of the programs, as `scripts/control-plane.sh` prints it; `none` where the tests that need them are
    /// not to run.
    package static let variable = "CONTROL_PLANE"

    /// Whether the tests that need it run. Without the variable they do, and fail where it cannot be started.
    package static var isWanted: Bool { ProcessInfo.processInfo.environment[variable] != "none" }

    /// For the trait `.enabled(if:_:)` of the tests.
    package static let reason = "CONTROL_PLANE=none: the tests against a real control plane are left out"

    /// The one of this process, started with the first call.
    package static func shared() async throws -> ControlPlane {
        try await starter.value
    }

    private static let starter = Task.detached { try start() }

    private struct Ready: Decodable {
        let kubeconfigs: Kubeconfigs
        let server: String
    }

    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    private static func start() throws -> ControlPlane {
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let programs =
            try ProcessInfo.processInfo.environment[variable] ?? built("/\(tests)/../scripts/control-plane.sh")
        let script = "/\(tests)/Support/control-plane/control_plane.py"
        let line = try firstLine([
            "/usr/bin/env", "python3", script, "--programs", programs, "--nodes", "3", "--gpu-nodes", "Tesla-T4=1",
        ])
        guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(line.utf8)) else {
            throw NotStarted(description: "the control plane was not started; what it said is above")
        }
        return ControlPlane(kubeconfigs: ready.kubeconfigs, server: ready.server)
    }

    private static func built(_ script: String) throws -> String {
        let folder = try firstLine([script])
        guard !folder.isEmpty else { throw NotStarted(description: "scripts/control-plane.sh failed") }
        return folder
    }

    /// Starts a program that goes on with an open standard input until this process ends.
    private static func firstLine(_ command: [String]) throws -> String {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw NotStarted(description: "no pipe can be made") }
        // Ours alone: another child that inherited it would keep the input open.
        _ = fcntl(input[1], F_SETFD, FD_CLOEXEC)
        _ = fcntl(output[0], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        for end in input + output { posix_spawn_file_actions_addclose(&actions, end) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let outcome = posix_spawn(&pid, command[0], &actions, nil, arguments, environ)
        close(input[0])
        close(output[1])
        guard outcome == 0 else {
            throw NotStarted(description: "\(command[0]): \(String(cString: strerror(outcome)))")
        }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
