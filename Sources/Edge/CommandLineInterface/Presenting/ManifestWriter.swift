import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel

/// Writes manifests to a folder: `<namespace>/<service>/<position>-<kind>-<name>.yaml`, so that reading
/// the files in order applies them in order.
struct ManifestWriter {
    let folder: String

    init(folder: String) {
        self.folder = folder
    }

    /// - Throws: ``Diagnostic`` naming the file that cannot be written.
    func write(_ resources: [Resource], of service: ServiceIdentity) throws(Diagnostic) {
        let place = "\(folder)/\(service.namespace)/\(service.name)"
        try attempt(place) { try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true) }
        var written: Set<String> = []
        for (position, resource) in resources.enumerated() {
            let number = position < 9 ? "0\(position + 1)" : "\(position + 1)"
            let file = "\(number)-\(resource.identity.kind.lowercased())-\(resource.identity.name).yaml"
            written.insert(file)
            let bytes = Data(YAMLEmitter.bytes(of: resource.manifest))
            try attempt("\(place)/\(file)") { try bytes.write(to: URL(filePath: "\(place)/\(file)"), options: .atomic) }
        }
        // A file that an earlier run wrote and this one does not would be applied by mistake.
        for file in try FolderListing.files(under: place) where Self.isOurs(file) && !written.contains(file) {
            try attempt("\(place)/\(file)") { try FileManager.default.removeItem(atPath: "\(place)/\(file)") }
        }
    }

    private static func isOurs(_ file: String) -> Bool {
        let number = file.prefix { $0.isASCII && $0.isNumber }
        return number.count >= 2 && file.dropFirst(number.count).hasPrefix("-") && file.hasSuffix(".yaml")
    }

    private func attempt(_ path: String, _ work: () throws -> Void) throws(Diagnostic) {
        do {
            try work()
        } catch {
            throw Diagnostic(
                .error, .unwritable, "cannot be written: \(Self.reason(error))", at: SourceLocation(file: SourceFile(path)),
                fix: "check the folder given with --output-dir")
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        return switch error.code {
        case .fileWriteNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "no space left on device"
        case .fileWriteVolumeReadOnly: "read-only file system"
        case .fileWriteFileExists: "a file is in the way of the folder"
        default: "\(error)"
        }
    }
}

extension Diagnostic.Code {
    static let unwritable = Self("output.unwritable", .failed)
}
