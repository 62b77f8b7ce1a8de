package import Diagnostics
package import EmbeddedFiles

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of documents that the binary carries, over which folders on disk may be laid: a file there
/// stands in for the built-in one with the same path.
package struct DocumentTree: Sendable {
    private let name: String
    private let embedded: EmbeddedTree
    /// Later folders win.
    private let folders: [String]

    /// - Parameters:
    ///   - name: what built-in files are called in diagnostics: `profiles` gives `profiles/base.yaml`.
    ///   - folders: paths of existing folders to lay over the built-in files, in rising precedence.
    package init(name: String, embedded: EmbeddedTree, folders: [String] = []) {
        self.name = name
        self.embedded = embedded
        self.folders = folders
    }

    /// The documents of the file at a path relative to the tree; nil where there is no such file.
    ///
    /// - Returns: the documents with the name that diagnostics use for the file.
    package func documents(at path: String) throws(Diagnostic) -> (name: String, documents: [Node])? {
        for folder in folders.reversed() {
            let file = folder + "/" + path
            guard access(file, F_OK) == 0 else { continue }
            return (file, try DocumentReader.read(path: file))
        }
        guard let file = embedded[path] else { return nil }
        let shown = "\(name)/\(path)"
        return (shown, try YAMLParser.parse(file.contents, file: SourceFile(shown)))
    }

    /// The paths of all files below `folder`, built in or laid over, in order.
    package func paths(under folder: String) throws(Diagnostic) -> [String] {
        var paths = Set(embedded.files(under: folder).map(\.path))
        for root in folders {
            let base = root + "/" + folder
            guard access(base, F_OK) == 0 else { continue }
            for file in try FolderListing.files(under: base) { paths.insert("\(folder)/\(file)") }
        }
        return paths.sorted()
    }

    /// The text of a built-in or laid-over file, as it stands.
    package func text(at path: String) throws(Diagnostic) -> String? {
        for folder in folders.reversed() where access(folder + "/" + path, F_OK) == 0 {
            let bytes = try FileBytes.read(path: folder + "/" + path, maximumSize: DocumentReader.maximumSize)
            return String(decoding: bytes, as: UTF8.self)
        }
        return embedded[path]?.contents
    }
}
