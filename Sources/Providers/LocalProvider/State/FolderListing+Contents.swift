import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// What a state folder and `/proc` need beside a listing of files: one level at a time, and removal.
extension FolderListing {
    /// The names in a folder; none when it cannot be read.
    static func contents(of path: String) -> [String] { names(in: path) ?? [] }

    /// Removes a file, or a folder with all in it; links are removed, never followed.
    static func remove(_ path: String) {
        // unlink(2) refuses a folder with EISDIR and never follows a link, so nothing else is entered.
        guard unlink(path) != 0, errno == EISDIR else { return }
        for name in contents(of: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
