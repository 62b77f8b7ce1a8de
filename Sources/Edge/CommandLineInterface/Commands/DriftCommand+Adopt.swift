import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import SynthDataInfra
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

extension DriftCommand {
    /// Writes what is live into a file of the configuration: all of it, or nothing.
    func write(_ drifts: [ServiceDrift], into file: String, _ root: CompositionRoot) throws {
        let changed = drifts.filter { !$0.isEmpty }
        guard !changed.isEmpty else {
            DriftPresenter(root.console).print(drifts, format: output.format)
            return
        }
        let original = try FileBytes.read(path: file, maximumSize: DocumentReader.maximumSize)
        var bytes = original
        var lines: [String] = []
        for drift in changed {
            let adoption = try Adoption(drift) { try documents(of: $0) }
            var edit = LayerEdit(path: file, bytes: bytes, service: drift.release.service.name.value)
            for setting in adoption.settings {
                let location = try edit.set(setting.value, at: setting.key)
                let origin = setting.origin.file == location.file ? "" : " (until now from \(setting.origin))"
                lines.append("\(location): \(setting.key) = \(JSONEmitter.emit(setting.value))\(origin)")
            }
            bytes = edit.bytes
        }
        try replace(file, with: bytes)
        for line in lines { root.console.print(line) }
        root.console.print(
            "next: `synthdata-infra diff` shows what is left; a flag or a layer above \(file) still wins over it",
            to: .error)
    }

    /// The file that a value came from: one of this disk, or a built-in profile.
    private func documents(of file: SourceFile) throws -> [Node]? {
        if access(file.name, R_OK) == 0 { return try DocumentReader.read(path: file.name) }
        guard file.name.hasPrefix("profiles/") else { return nil }
        return try layers.folders.profiles().documents(at: String(file.name.dropFirst("profiles/".count)))?.documents
    }

    /// Writes the file that the name leads to, with the rights that it had.
    private func replace(_ path: String, with bytes: [UInt8]) throws {
        var status = stat()
        let isThere = stat(path, &status) == 0
        let resolved = realpath(path, nil)
        defer { free(resolved) }
        let target = resolved.map { String(cString: $0) } ?? path
        try FileWriter(fix: "make the file writable").write(Data(bytes), to: target)
        if isThere { chmod(target, status.st_mode & 0o7777) }
    }
}
