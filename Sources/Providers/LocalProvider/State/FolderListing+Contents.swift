import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// What a state folder and `/proc` need beside a listing of files: one level at a time, and removal.
extension FolderListing {
    /// The names in a folder, in order, without `.` and `..`; empty when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with all in it; links are removed, never followed.
    static func remove(_ path: String) {
        // unlink(2) refuses a folder with EISDIR and never follows a link, so nothing else is entered.
        guard unlink(path) != 0, errno == EISDIR else { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
