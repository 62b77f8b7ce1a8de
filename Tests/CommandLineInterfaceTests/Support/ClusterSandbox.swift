import ControlPlane
import Documents
import FoundationEssentials
import KubernetesClient
import Subprocess
import TestSupport
import Testing

/// A sandbox, and a namespace of the tests' cluster in which the built tool deploys the service `demo`.
struct ClusterSandbox: Sendable {
    let sandbox: Sandbox
    let plane: ControlPlane
    let namespace: String
    /// The administrator's, beside what is tested.
    let api: KubernetesAPI

    static func with(_ body: (ClusterSandbox) async throws -> Void) async throws {
        let plane = try await ControlPlane.shared()
        try await Sandbox.with { sandbox in
            let access = try ClusterAccess.find(kubeconfig: plane.kubeconfigs.admin, context: nil, environment: [:])
            let (client, server) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
            let cluster = ClusterSandbox(
                sandbox: sandbox, plane: plane, namespace: "cli-\(UInt32.random(in: 0...UInt32.max))",
                api: KubernetesAPI(client, server: server))
            try sandbox.write(SmallService.document, to: "demo.yaml")
            await Gate.cluster.enter()
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(cluster))
            } catch {
                outcome = .failure(error)
            }
            // What it asks for of the nodes is free again.
            _ = try? await cluster.api.delete(.namespace, namespace: nil, name: cluster.namespace, uid: nil)
            await Gate.cluster.leave()
            try outcome.get()
        }
    }

    /// `deploy` of the service.
    func deploy(_ more: String...) async throws -> Finished { try await configured("deploy", more) }

    /// `diff` of the service.
    func diff(_ more: String...) async throws -> Finished { try await configured("diff", more) }

    func configured(_ command: String, _ more: [String]) async throws -> Finished {
        try await run(
            [command, "-f", "demo.yaml", "--set", "deployment.namespace=\(namespace)"] + more)
    }

    /// A command about the deployed service.
    func onDemo(_ command: String, _ more: String...) async throws -> Finished {
        try await run([command] + more + ["--provider", "onprem", "--namespace", namespace])
    }

    func run(_ arguments: [String], kubeconfig: String? = nil) async throws -> Finished {
        try await sandbox.run(arguments, environment: ["KUBECONFIG": kubeconfig ?? plane.kubeconfigs.admin])
    }

    /// `1 superseded, 2 deployed`
    func history() async throws -> String {
        let items = try await onDemo("history", "demo", "-o", "json").document()["items"]?.sequence ?? []
        return items.compactMap { $0["metadata"] }
            .sorted { $0["revision"]?.integer ?? 0 < $1["revision"]?.integer ?? 0 }
            .map { "\($0["revision"]?.integer ?? 0) \($0["status"]?.string ?? "")" }.joined(separator: ", ")
    }

    /// The image that the cluster's Deployment has.
    func image() async throws -> String? {
        let live = try await api.get(.deployment, namespace: namespace, name: "demo")
        return live?.value("spec", "template", "spec", "containers")?.sequence?.first?["image"]?.string
    }

    /// A copy of the administrator's kubeconfig with another token.
    func kubeconfig(token: String) throws -> String {
        let file = "\(sandbox.path)/work/another.kubeconfig"
        let text = try String(decoding: Data(contentsOf: URL(filePath: plane.kubeconfigs.admin)), as: UTF8.self)
        try text.replacing(try self.token(), with: token).write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    /// The administrator's.
    func token() throws -> String {
        let text = try String(decoding: Data(contentsOf: URL(filePath: plane.kubeconfigs.admin)), as: UTF8.self)
        let user = try Finished.parsed(text)["users"]?.sequence?.first?["user"]
        return try #require(user?["token"]?.string)
    }
}
