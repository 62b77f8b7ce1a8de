import ControlPlane
import Diagnostics
import Documents
import FoundationEssentials
import TestSupport
import Testing

/// AWS on loopback with a cluster of EKS, whose API server is the tests' own control plane. It ends when it is let go.
final class AWSServer: Sendable {
    static let cluster = "production"
    static let region = "us-east-1"
    static let account = "123456789012"

    struct Request: Sendable {
        let operation: String
        /// Whether it can change anything.
        let isMutating: Bool
    }

    /// `http://127.0.0.1:port`
    let address: String
    private let process: LineProcess

    /// The one of all tests that leave it as it is.
    static func shared() async throws -> AWSServer { try await starter.value }

    private static let starter = Task.detached { try await AWSServer() }

    init() async throws {
        let plane = try await ControlPlane.shared()
        let tests = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let python = "\(tests)/../.venv/bin/python"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "the tests' Python is missing: run `make test`, or scripts/setup.sh once")
        process = try LineProcess([
            python, "\(tests)/Support/aws-server/aws_server.py", "--cluster", Self.cluster, "--region", Self.region,
            "--endpoint", plane.server, "--authority", plane.authority,
        ])
        address = await process.line()
        try #require(address.hasPrefix("http://"), "the server did not start; what it said is above")
    }

    private func ask(_ question: Node) async throws -> Node {
        let line = await process.ask(JSONEmitter.emit(question))
        try #require(!line.isEmpty, "the server has ended")
        return try JSONParser.parse(Array(line.utf8), file: .unknown)
    }

    /// What boto3 gets from it.
    func boto(_ service: String, _ operation: String, _ arguments: Node = [:]) async throws -> Node {
        let answer = try await ask([
            "do": "boto", "service": .string(service), "operation": .string(operation), "arguments": arguments,
        ])
        if let error = answer["error"]?.string { throw Refused(description: error) }
        return answer["result"] ?? .null
    }

    struct Refused: Error, CustomStringConvertible { let description: String }

    /// Answers some requests itself from now on: `aws_server.py` says how.
    func fail(_ rules: [Node]) async throws { _ = try await ask(["do": "faults", "rules": .sequence(rules)]) }

    /// Lets so many requests fail by chance from now on, the same ones for the same seed.
    func fail(_ rate: Double, seed: Int) async throws {
        _ = try await ask(["do": "chance", "seed": .integer(seed), "rate": .number(rate)])
    }

    /// The requests since the last call, boto's left out.
    func requests() async throws -> [Request] {
        (try await ask(["do": "log"])["requests"]?.sequence ?? []).map {
            Request(operation: $0["operation"]?.string ?? "", isMutating: $0["mutating"]?.bool == true)
        }
    }

    // MARK: What is there

    func nodeGroups() async throws -> [String] {
        let list = try await boto("eks", "list_nodegroups", ["clusterName": .string(Self.cluster)])
        return (list["nodegroups"]?.sequence ?? []).compactMap(\.string)
    }

    func nodeGroup(_ name: String) async throws -> Node {
        try await boto(
            "eks", "describe_nodegroup", ["clusterName": .string(Self.cluster), "nodegroupName": .string(name)])[
                "nodegroup"] ?? .null
    }

    func roles() async throws -> [String] {
        try await names("iam", "list_roles", "Roles", "RoleName").filter { $0 != "cluster" }
    }

    func buckets() async throws -> [String] { try await names("s3", "list_buckets", "Buckets", "Name") }

    func logGroups() async throws -> [String] {
        try await names("logs", "describe_log_groups", "logGroups", "logGroupName")
    }

    func distributions() async throws -> [Node] {
        try await boto("cloudfront", "list_distributions").value("DistributionList", "Items")?.sequence ?? []
    }

    private func names(_ service: String, _ operation: String, _ list: String, _ key: String) async throws -> [String] {
        (try await boto(service, operation)[list]?.sequence ?? []).compactMap { $0[key]?.string }
    }
}
