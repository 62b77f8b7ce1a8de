import Foundation

/// HashiCorp's own program, which judges the configurations that are rendered and makes what they say.
///
/// Its providers come from where its own CLI configuration has them from (`TF_CLI_CONFIG_FILE`, `~/.terraformrc`), or
/// from the folder of a filesystem mirror that `TERRAFORM_PLUGINS` names.
package struct Terraform: Sendable {
    /// `none` leaves out the tests that need it, which `scripts/terraform.sh` tells; else the program's path.
    package static let variable = "TERRAFORM"

    /// The program; nil where there is none, or none is wanted.
    private static let program: String? = {
        let environment = ProcessInfo.processInfo.environment
        switch environment[variable] {
        case "none": return nil
        case .some(let path) where path.hasPrefix("/"): return path
        default:
            let folders = (environment["PATH"] ?? "").split(separator: ":")
            return folders.map { "\($0)/terraform" }.first(where: FileManager.default.isExecutableFile)
        }
    }()

    /// Whether the tests that need it run.
    package static var isWanted: Bool { program != nil }

    /// For the trait `.enabled(if:_:)` of the tests.
    package static let reason = "terraform is not installed, or TERRAFORM=none"

    package struct Outcome: Sendable {
        package let status: Int32
        /// What it printed, errors included.
        package let output: String
    }

    /// What is added to the environment of the program.
    private let environment: [String: String]
    /// The folder that it works in.
    package let folder: String

    /// A folder of its own, removed by ``remove()``.
    ///
    /// - Parameter environment: added to that of the tests.
    package init(_ environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "terraform-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var environment = environment
        environment["TF_IN_AUTOMATION"] = "1"
        environment["CHECKPOINT_DISABLE"] = "1"
        self.environment = environment.merging(try Self.environment(in: folder)) { $1 }
    }

    /// What tells it where its providers are, if `TERRAFORM_PLUGINS` names the folder of a mirror, and has it collect no
    /// garbage while there is room: half of its time is that otherwise.
    ///
    /// - Parameter folder: for a file that names the mirror.
    package static func environment(in folder: String) throws -> [String: String] {
        var environment = ["GOGC": "off", "GOMEMLIMIT": "1GiB"]
        guard let plugins = ProcessInfo.processInfo.environment["TERRAFORM_PLUGINS"] else { return environment }
        let file = "\(folder)/cli.tfrc"
        try "provider_installation {\n  filesystem_mirror {\n    path = \"\(plugins)\"\n  }\n}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        environment["TF_CLI_CONFIG_FILE"] = file
        return environment
    }

    /// The program's file.
    package static var path: String { program ?? "terraform" }

    package func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Puts a configuration into the folder, in place of the one before it.
    ///
    /// - Parameter module: the folder of a module in it; nil for the root module.
    package func write(_ configuration: [UInt8], to module: String? = nil) throws {
        let folder = module.map { "\(self.folder)/\($0)" } ?? self.folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(configuration).write(to: URL(filePath: "\(folder)/main.tf.json"))
    }

    /// Runs the program to its end.
    package func callAsFunction(_ arguments: String...) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: Self.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading
        return try await OwnThread.run {
            let bytes = try output.readToEnd() ?? Data()
            process.waitUntilExit()
            return Outcome(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
        }
    }
}
