#if canImport(Glibc)
    import Glibc
#endif

/// flock(2) on a file, which the kernel frees when the holder dies.
enum FileLock {
    /// Runs `work` while nobody else holds the lock, in this process or another.
    ///
    /// - Parameter path: made where it is missing; its folder is there.
    static func holding<Value>(_ path: String, _ work: () async throws -> Value) async throws -> Value {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw TerraformFolder.unwritable(path, errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(50)) }
        return try await work()
    }
}
