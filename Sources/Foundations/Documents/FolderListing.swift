public import Diagnostics

#if canImport(Glibc)
    import Glibc
#endif

/// Lists the files of a folder.
public enum FolderListing {
    /// Deeper folders than this are an accident, or a link to a folder above.
    static let maximumDepth = 16

    /// The paths of all files below `folder`, relative to it and in order. Hidden files are left out.
    ///
    /// - Throws: ``Diagnostic`` when a folder cannot be read.
    public static func files(under folder: String) throws(Diagnostic) -> [String] {
        var files: [String] = []
        try list(folder, prefix: "", depth: 0, into: &files)
        return files.sorted()
    }

    private static func list(
        _ folder: String, prefix: String, depth: Int, into files: inout [String]
    ) throws(Diagnostic) {
        guard let names = names(in: folder) else {
            throw Diagnostic(
                .error, .unreadable, "the folder cannot be read: \(String(cString: strerror(errno)))",
                at: SourceLocation(file: SourceFile(folder)), fix: "check the path and its permissions")
        }
        for name in names {
            if name.hasPrefix(".") { continue }
            let path = "\(folder)/\(name)"
            if isFolder(path) {
                guard depth < maximumDepth else {
                    throw Diagnostic(
                        .error, .unreadable, "folders are nested more than \(maximumDepth) deep",
                        at: SourceLocation(file: SourceFile(path)), why: "perhaps a link leads back to a folder above",
                        fix: "remove the link, or name the files one by one")
                }
                try list(path, prefix: prefix + name + "/", depth: depth + 1, into: &files)
            } else {
                files.append(prefix + name)
            }
        }
    }

    /// The names in one folder, hidden ones too, in order, without `.` and `..`; nil when it cannot be read,
    /// and `errno` then says why.
    public static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether there is a folder at `path`, links followed.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
