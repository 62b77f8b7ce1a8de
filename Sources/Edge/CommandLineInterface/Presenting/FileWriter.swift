import Diagnostics
import FoundationEssentials

/// Writes files, with the system's reason when it cannot.
struct FileWriter {
    /// What to do when a file cannot be written.
    let fix: String

    /// Writes `data` whole or not at all, making the folders on the way.
    func write(_ data: Data, to path: String) throws(Diagnostic) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try attempt(path) {
            if !folder.isEmpty {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try data.write(to: URL(filePath: path), options: .atomic)
        }
    }

    func remove(_ path: String) throws(Diagnostic) {
        try attempt(path) { try FileManager.default.removeItem(atPath: path) }
    }

    private func attempt(_ path: String, _ work: () throws -> Void) throws(Diagnostic) {
        do {
            try work()
        } catch {
            throw Diagnostic(
                .error, .outputUnwritable, "cannot be written: \(Self.reason(error))",
                at: SourceLocation(file: SourceFile(path)),
                fix: fix)
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        return switch error.code {
        case .fileWriteNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "no space left on device"
        case .fileWriteVolumeReadOnly: "read-only file system"
        case .fileWriteFileExists: "a file is in the way of the folder"
        case .fileNoSuchFile: "there is no such folder, and none can be made"
        default: "\(error)"
        }
    }
}
