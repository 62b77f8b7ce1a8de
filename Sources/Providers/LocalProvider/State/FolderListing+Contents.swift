import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// What a state folder and `/proc` need beside a listing of files: one level at a time, and removal.
extension FolderListing {
    /// The names in a folder; none when it cannot be read.
    static func contents(of path: String) -> [String] { names(in: path) ?? [] }

    /// What could not be removed, and the system's error number.
    struct Remainder: Sendable, Equatable {
        let path: String
        let code: Int32
    }

    /// Removes a file, or a folder with all in it; links are removed, never followed.
    ///
    /// - Returns: what is left, without the folders that are only left because of that.
    @discardableResult
    static func remove(_ path: String) -> [Remainder] {
        // unlink(2) refuses a folder with EISDIR and never follows a link, so nothing else is entered.
        if unlink(path) == 0 || errno == ENOENT { return [] }
        guard errno == EISDIR else { return [Remainder(path: path, code: errno)] }
        guard let names = names(in: path) else { return [Remainder(path: path, code: errno)] }
        let remainders = names.flatMap { remove("\(path)/\($0)") }
        guard remainders.isEmpty, rmdir(path) != 0, errno != ENOENT else { return remainders }
        return [Remainder(path: path, code: errno)]
    }
}
