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

/// Saves what is known of deployments that fail, once for each service, before anything is taken back.
actor EvidenceWriter {
    private let folder: String
    private let root: CompositionRoot
    private let tellsFiles: Bool
    private var saved: Set<ServiceIdentity> = []

    /// - Parameter tellsFiles: whether the files are listed on standard error.
    init(folder: String, _ root: CompositionRoot, tellsFiles: Bool) {
        self.folder = folder
        self.root = root
        self.tellsFiles = tellsFiles
    }

    func save(_ release: Release, _ plan: Plan?, _ error: any Error) async {
        guard saved.insert(release.service).inserted else { return }
        do {
            let problems = (error as? DiagnosticReport)?.diagnostics ?? [error as? Diagnostic].compactMap(\.self)
            let events = RunRecord.shared.services.first { $0.identity == release.service }?.events.map(\.line) ?? []
            let bundle = await EvidenceBundle.gather(
                release, plan: plan, problems: problems, events: events, from: try root.provider(release.provider))
            try write(bundle, of: release.service)
        } catch {
            // The failure itself matters more than that it could not be kept.
            root.warn(
                Diagnostic(
                    .warning, .evidenceUnwritable, "the evidence of `\(release.service.name)` could not be saved",
                    at: SourceLocation(file: SourceFile(folder)), why: (error as? Diagnostic)?.what ?? "\(error)"))
        }
    }

    /// Only its owner can read it: logs may hold more than is known to be secret.
    private func write(_ bundle: EvidenceBundle, of service: ServiceIdentity) throws {
        let before = umask(0o077)
        defer { umask(before) }
        let time = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted).format(Date())
        let place = "\(folder)/\(service.namespace)-\(service.name)-\(time)"
        let files = FileWriter(fix: "name a folder that you may write to")
        for file in bundle.files { try files.write(Data(file.text.utf8), to: "\(place)/\(file.path)") }
        guard tellsFiles else { return }
        root.console.print("\(service.name): evidence is saved in \(place)", to: .error)
        for file in bundle.files { root.console.print("  \(file.path)", to: .error) }
    }
}

extension Diagnostic.Code {
    static let evidenceUnwritable = Self("evidence.unwritable", .failed)
}
