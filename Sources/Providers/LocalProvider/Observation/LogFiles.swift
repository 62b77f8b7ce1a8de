#if canImport(Glibc)
    import Glibc
#endif

/// A replica's log: `NAME.log`, which the replica appends to, and `NAME.log.1`, `.2` … before it.
///
/// The replica writes to the file itself, so that it neither blocks nor breaks when the supervisor
/// dies. The supervisor rotates by copying and truncating, as logrotate's `copytruncate` does: what is
/// written between its last read and the truncation, some microseconds, is lost.
enum LogFiles {
    private static let chunkSize = 1 << 16

    /// Rotates when the log is larger than `maximumBytes`, keeping `files` older ones.
    ///
    /// - Returns: the system's reason when it could not; the log then goes on growing.
    static func rotate(_ path: String, maximumBytes: Int, files: Int) -> Int32? {
        var status = stat()
        guard stat(path, &status) == 0, Int(status.st_size) > maximumBytes else { return nil }
        unlink("\(path).\(files)")
        for number in stride(from: files - 1, to: 0, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        let source = open(path, O_RDWR | O_CLOEXEC)
        guard source >= 0 else { return errno }
        defer { close(source) }
        let copy = open("\(path).1.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard copy >= 0 else { return errno }
        defer { close(copy) }
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0, StateFile.writeAll(Array(chunk[..<max(count, 0)]), to: copy) else {
                let problem = errno
                unlink("\(path).1.new")
                return problem
            }
            if count == 0 { break }
        }
        // Truncated first: a follower that sees the new `.1` finds the new file behind it.
        ftruncate(source, 0)
        rename("\(path).1.new", "\(path).1")
        return nil
    }

    /// How much the current file holds, in bytes.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The last lines of the current file, of those that begin at `offset` or later.
    static func tail(_ path: String, lines: Int, from offset: Int = 0) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        // A file that was rotated meanwhile holds nothing older.
        let start = max(0, size - chunk.count, offset <= size ? offset : 0)
        let count = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, start) }
        guard count > 0 else { return [] }
        return chunk[..<count].split(separator: UInt8(ascii: "\n")).suffix(lines)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
