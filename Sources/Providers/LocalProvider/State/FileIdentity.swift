#if canImport(Glibc)
    import Glibc
#endif

/// Tells files apart by what they are, not by their names.
enum FileIdentity {
    /// Whether the open file is the one that has that name now.
    static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var open = stat()
        var named = stat()
        guard fstat(descriptor, &open) == 0, stat(path, &named) == 0 else { return false }
        return open.st_ino == named.st_ino && open.st_dev == named.st_dev
    }
}
