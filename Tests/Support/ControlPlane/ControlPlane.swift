import FoundationEssentials
import TestSupport

/// A real Kubernetes control plane with played nodes.
///
/// `Tests/Support/control-plane/README.md` says what is real in it. It ends when this process does, however that
/// ends, and when it is let go.
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
    /// The certificate of the authority that signed the server's, a file.
    package let authority: String
    /// The folder with its logs and, in `pki`, keys.
    package let state: String
    private let process: LineProcess

    /// The folder of the programs, as `scripts/control-plane.sh` prints it; `none` where the tests that need them are
    /// not to run.
    package static let variable = "CONTROL_PLANE"

    /// Whether the tests that need it run. Without the variable they do, and fail where it cannot be started.
    package static var isWanted: Bool { ProcessInfo.processInfo.environment[variable] != "none" }

    /// For the trait `.enabled(if:_:)` of the tests.
    package static let reason = "CONTROL_PLANE=none: the tests against a real control plane are left out"

    /// The one of this process, started with the first call: 3 nodes, and one with GPUs.
    package static func shared() async throws -> ControlPlane {
        try await starter.value
    }

    private static let starter = Task.detached { try await start(["--nodes", "3", "--gpu-nodes", "Tesla-T4=1"]) }

    /// One for a test that restarts or stops parts of it.
    ///
    /// - Parameter options: of `control_plane.py`.
    package static func start(_ options: [String] = []) async throws -> ControlPlane {
        let tests = Support.folder
        let programs: String
        if let folder = ProcessInfo.processInfo.environment[variable] {
            programs = folder
        } else {
            programs = try await LineProcess(["\(tests)/../scripts/control-plane.sh"]).line()
            guard !programs.isEmpty else {
                throw LineProcess.Failed(description: "the control plane was not built; what was said is above")
            }
        }
        let script = "\(tests)/Support/control-plane/control_plane.py"
        let process = try LineProcess(["/usr/bin/env", "python3", script, "--programs", programs] + options)
        guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(await process.line().utf8)) else {
            throw LineProcess.Failed(description: "the control plane was not started; what it said is above")
        }
        return ControlPlane(
            kubeconfigs: ready.kubeconfigs, server: ready.server, authority: ready.ca, state: ready.state,
            process: process)
    }

    /// Kills a program, starts it at the same port, and returns when it is ready.
    ///
    /// - Parameter program: `kube-apiserver`, `etcd` and so on.
    package func restart(_ program: String) async throws {
        let answer = await process.ask(#"{"restart": "\#(program)"}"#)
        guard answer.contains(#""pid""#) else { throw LineProcess.Failed(description: "restart \(program): \(answer)") }
    }

    private struct Ready: Decodable {
        let kubeconfigs: Kubeconfigs
        let server: String
        let ca: String
        let state: String
    }
}

enum Support {
    /// The folder `Tests`.
    static let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
