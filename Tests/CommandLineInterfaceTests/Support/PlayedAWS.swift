import ControlPlane
import FoundationEssentials
import Subprocess
import TestSupport
import Testing

/// AWS on loopback with a cluster of EKS, which is the tests' own control plane, for the built tool. It ends when it is
/// let go.
struct PlayedAWS: Sendable {
    static let cluster = "production"
    static let region = "us-east-1"
    static let account = "123456789012"

    private let process: LineProcess
    private let address: String

    init() async throws {
        let plane = try await ControlPlane.shared()
        let tests = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let python = "\(tests)/../.venv/bin/python"
        try #require(FileManager.default.isExecutableFile(atPath: python), "run scripts/setup.sh once")
        process = try LineProcess([
            python, "\(tests)/Support/aws-server/aws_server.py", "--cluster", Self.cluster, "--region", Self.region,
            "--endpoint", plane.server, "--authority", plane.authority,
        ])
        address = await process.line()
        try #require(address.hasPrefix("http://"), "the server did not start")
    }

    /// What makes the tool speak to it, and nothing that names a region.
    var environment: [Environment.Key: String?] {
        var environment = Self.nobody
        environment["AWS_ENDPOINT_URL"] = address
        environment["AWS_ACCESS_KEY_ID"] = "test"
        environment["AWS_SECRET_ACCESS_KEY"] = "secret"
        return environment
    }

    /// Without credentials and region, whatever the machine has.
    static let nobody: [Environment.Key: String?] = [
        "AWS_REGION": nil, "AWS_DEFAULT_REGION": nil, "AWS_PROFILE": nil,
        "AWS_DEFAULT_PROFILE": nil, "AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": nil,
        "AWS_EC2_METADATA_DISABLED": "true", "KUBECONFIG": "",
    ]

    /// A small service with a bucket and an identity.
    ///
    /// - Parameter place: `providers.aws`, as YAML.
    static func document(_ place: String) -> String {
        SmallService.document.replacing("provider: onprem", with: "provider: aws")
            .replacing("storage: {enabled: false,", with: "storage: {enabled: false, bucket: {enabled: true},")
            .replacing("  replicas: 1\n", with: "  replicas: 0\n")
            + "    providers: {aws: \(place)}\n"
    }
}
