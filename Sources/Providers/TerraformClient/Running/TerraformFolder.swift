import Diagnostics
import Documents
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// The working folder of one service's root module, which only its owner can read: the configuration, what Terraform
/// keeps beside it, and the state where the configuration names no backend.
package struct TerraformFolder: Sendable, Hashable {
    private static let maximumSize = 64 << 20

    package let path: String

    /// Held while a configuration is written and planned: several deployments of a service may look at it at once.
    var lock: String { "\(path)/.synthdata-infra.lock" }
    private var configuration: String { "\(path)/main.tf.json" }

    func create() throws(Diagnostic) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Diagnostic(
                .error, .terraformFolder, "the working folder of Terraform cannot be made",
                at: SourceLocation(file: SourceFile(path)), why: "\(error)",
                fix: "set XDG_STATE_HOME to a folder that you may write to")
        }
        removeLeftovers()
    }

    /// Whether a state is kept here that has ever held anything.
    var hasState: Bool { access("\(path)/terraform.tfstate", F_OK) == 0 }

    // MARK: Initialisation

    private var mark: String { "\(path)/.terraform/synthdata-infra.json" }

    /// Whether `terraform init` was run for these settings.
    func wasInitialised(with settings: [UInt8]) -> Bool {
        (try? FileBytes.read(path: mark, maximumSize: Self.maximumSize)) == settings
    }

    func noteInitialised(with settings: [UInt8]) throws(Diagnostic) { try write(settings, to: mark) }

    // MARK: Files

    /// Puts the configuration in place of the one before it.
    func write(_ module: Node) throws(Diagnostic) {
        let before = (try? FileBytes.read(path: configuration, maximumSize: Self.maximumSize)).flatMap {
            try? JSONParser.parse($0, file: .unknown)
        }
        // Versions are exact: those that were locked for others than these are in the way.
        if before?.value("terraform", "required_providers") != module.value("terraform", "required_providers") {
            unlink("\(path)/.terraform.lock.hcl")
        }
        try write(JSONEmitter.bytes(of: module, .init(pretty: true)), to: configuration)
    }

    func write(_ bytes: [UInt8], to file: String) throws(Diagnostic) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(file, errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.unwritable(file, errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static let temporaries = ["plan", "output"]

    /// A name that nobody else has.
    ///
    /// - Parameter name: one of ``temporaries``.
    func temporary(_ name: String) -> String { "\(path)/\(name)-\(getpid())-\(UInt32.random(in: 0...UInt32.max))" }

    /// Takes away what processes have left that were killed.
    private func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let parts = name.split(separator: "-")
            guard parts.count == 3, Self.temporaries.contains(String(parts[0])), let process = pid_t(parts[1]),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            remove("\(path)/\(name)")
        }
    }

    func remove(_ file: String) { unlink(file) }

    /// The content of a file that is wanted no more.
    func take(_ file: String) throws(Diagnostic) -> [UInt8] {
        defer { unlink(file) }
        return try FileBytes.read(path: file, maximumSize: Self.maximumSize)
    }

    static func unwritable(_ path: String, _ code: Int32) -> Diagnostic {
        Diagnostic(
            .error, .terraformFolder, "cannot be written: \(String(cString: strerror(code)))",
            at: SourceLocation(file: SourceFile(path)), fix: "set XDG_STATE_HOME to a folder that you may write to")
    }
}

extension Diagnostic.Code {
    static let terraformFolder = Self("terraform.folder", .failed)
}
