package import Diagnostics
import Documents
package import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Releases as files, `releases/NNNN.json` in each service's state folder.
///
/// A file that cannot be read is set aside and told to `warn`; the other releases stay usable.
package struct FileReleaseStore: ReleaseStore {
    private let root: String
    private let warn: @Sendable (Diagnostic) -> Void

    private static let lostRelease =
        "mend the copy by hand, or go on without it: what runs is not touched, but this release cannot be gone back to"

    package init(root: String, warn: @escaping @Sendable (Diagnostic) -> Void) {
        self.root = root
        self.warn = warn
    }

    package func releases(of service: ServiceIdentity) -> [Release] {
        let folder = StateFolder(root: root, service: service)
        return files(folder).compactMap { file in
            StateFile.read(file.path, fix: Self.lostRelease, warn: warn) { try Release(document: $0) }
        }
    }

    package func save(_ release: Release, keeping limit: Int) throws {
        let folder = StateFolder(root: root, service: release.service)
        try folder.create(folder.releases)
        let digits = String(release.revision)
        let name = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        try StateFile.replace("\(folder.releases)/\(name).json", with: release.document)
        for file in files(folder).dropLast(max(limit, 1)) { unlink(file.path) }
    }

    /// - Throws: ``Diagnostic`` with code `local.not-removed`; what is left is still listed.
    package func removeAll(of service: ServiceIdentity) throws {
        let remainders = FolderListing.remove(StateFolder(root: root, service: service).releases)
        guard remainders.isEmpty else { throw Diagnostic.notRemoved(remainders, of: service) }
    }

    package func services() throws -> [ServiceIdentity] {
        try Self.folders(root: root).filter { !files(StateFolder(root: root, service: $0)).isEmpty }
    }

    private func files(_ folder: StateFolder) -> [(revision: Int, path: String)] {
        FolderListing.contents(of: folder.releases).compactMap { name in
            guard name.hasSuffix(".json"), let revision = Int(name.dropLast(5)) else { return nil }
            return (revision, "\(folder.releases)/\(name)")
        }.sorted { $0.revision < $1.revision }
    }

    /// The services that have a folder below `root`, in order; none where nothing was ever deployed.
    ///
    /// - Throws: ``Diagnostic`` when something is in the way of the folder.
    static func folders(root: String) throws -> [ServiceIdentity] {
        guard let stream = opendir(root) else {
            if errno == ENOENT { return [] }
            throw Diagnostic(
                .error, .stateUnreadable, "the state folder cannot be read: \(String(cString: strerror(errno)))",
                at: SourceLocation(file: SourceFile(root)),
                why: "it is where the services of this machine are remembered",
                fix: "move away what is in its place, or set XDG_STATE_HOME to another folder")
        }
        closedir(stream)
        return FolderListing.contents(of: root).flatMap { namespace in
            FolderListing.contents(of: "\(root)/\(namespace)").compactMap { name in
                guard FolderListing.isFolder("\(root)/\(namespace)/\(name)"), let name = try? ServiceName(name) else {
                    return nil
                }
                return ServiceIdentity(name: name, namespace: namespace)
            }
        }.sorted()
    }
}

extension Diagnostic.Code {
    static let stateUnreadable = Self("local.state-unreadable", .failed)
}
