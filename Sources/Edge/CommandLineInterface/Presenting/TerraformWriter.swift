import Documents
import FoundationEssentials
import ServiceModel

/// Writes Terraform configurations to a folder: `<namespace>/<service>/main.tf.json`, each a root module of its own.
struct TerraformWriter {
    private let folder: String
    private let files = FileWriter(fix: "check the folder given with --output-dir")

    init(folder: String) {
        self.folder = folder
    }

    /// - Throws: ``Diagnostic`` naming the file that cannot be written.
    func write(_ configuration: Node, of service: ServiceIdentity) throws {
        try files.write(
            Data(Self.bytes(of: configuration)), to: "\(folder)/\(service.namespace)/\(service.name)/main.tf.json")
    }

    static func bytes(of configuration: Node) -> [UInt8] {
        JSONEmitter.bytes(of: configuration, .init(pretty: true)) + [UInt8(ascii: "\n")]
    }
}
