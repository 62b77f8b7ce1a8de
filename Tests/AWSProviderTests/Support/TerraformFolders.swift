import Foundation
import ServiceModel
import TerraformClient
import TestSupport
import Testing

/// The folder of a machine on which services are deployed with Terraform; removed when it is let go.
final class TerraformFolders: Sendable {
    let path: String
    /// That of the machine's processes.
    let environment: [String: String]

    /// - Parameter server: which plays AWS.
    init(_ server: AWSServer) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "machine-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var environment = ["AWS_ENDPOINT_URL": server.address, "HOME": path]
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        self.environment = environment.merging(try Terraform.environment(in: path)) { $1 }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// As another process on this machine has it.
    ///
    /// - Parameter program: a folder that is looked into first.
    func engine(_ program: String? = nil, environment more: [String: String] = [:]) -> TerraformEngine {
        var environment = environment.merging(more) { $1 }
        if let program { environment["PATH"] = "\(program):\(environment["PATH"] ?? "")" }
        return TerraformEngine(environment: environment, lockWait: TimeSpan(seconds: 0)) { [path] in
            "\(path)/terraform"
        }
    }

    /// A folder with a program `terraform` of its own.
    func program(_ script: String) throws -> String {
        let folder = "\(path)/bin-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try script.write(toFile: "\(folder)/terraform", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/terraform")
        return folder
    }

    /// The working folder of a service.
    func workspace(of service: CloudService) -> String {
        "\(path)/terraform/aws/\(AWSServer.account)/\(AWSServer.region)/\(AWSServer.cluster)/\(service.namespace)/demo"
    }
}
