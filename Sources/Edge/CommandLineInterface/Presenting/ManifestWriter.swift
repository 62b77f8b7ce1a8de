import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel

/// Writes manifests to a folder: `<namespace>/<service>/<position>-<kind>-<name>.yaml`, so that reading
/// the files in order applies them in order.
struct ManifestWriter {
    private let folder: String
    private let files = FileWriter(fix: "check the folder given with --output-dir")

    init(folder: String) {
        self.folder = folder
    }

    /// - Throws: ``Diagnostic`` naming the file that cannot be written.
    func write(_ resources: [Resource], of service: ServiceIdentity) throws(Diagnostic) {
        let place = "\(folder)/\(service.namespace)/\(service.name)"
        var written: Set<String> = []
        for (position, resource) in resources.enumerated() {
            let number = position < 9 ? "0\(position + 1)" : "\(position + 1)"
            let file = "\(number)-\(resource.identity.kind.lowercased())-\(resource.identity.name).yaml"
            written.insert(file)
            try files.write(Data(YAMLEmitter.bytes(of: resource.manifest)), to: "\(place)/\(file)")
        }
        // A file that an earlier run wrote and this one does not would be applied by mistake.
        for file in try FolderListing.files(under: place) where Self.isOurs(file) && !written.contains(file) {
            try files.remove("\(place)/\(file)")
        }
    }

    private static func isOurs(_ file: String) -> Bool {
        let number = file.prefix { $0.isASCII && $0.isNumber }
        return number.count >= 2 && file.dropFirst(number.count).hasPrefix("-") && file.hasSuffix(".yaml")
    }
}
