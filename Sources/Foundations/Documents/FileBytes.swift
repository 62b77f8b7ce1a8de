public import Diagnostics

#if canImport(Glibc)
    import Glibc
#endif

/// Reads whole files and streams, with the system's reason when it cannot.
public enum FileBytes {
    /// The bytes of the file at `path`; `-` is standard input.
    ///
    /// - Throws: ``Diagnostic`` naming the file and the system's reason.
    public static func read(path: String, maximumSize: Int) throws(Diagnostic) -> [UInt8] {
        if path == "-" { return try read(descriptor: 0, name: "<stdin>", maximumSize: maximumSize) }
        // A named pipe is waited for, as other tools do: `-f <(command)`.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(path, EISDIR) }
        return try read(descriptor: descriptor, name: path, maximumSize: maximumSize, expected: Int(status.st_size))
    }

    private static func read(
        descriptor: Int32, name: String, maximumSize: Int, expected: Int = 0
    ) throws(Diagnostic) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(expected, maximumSize))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(name, errno)
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            if bytes.count > maximumSize {
                throw Diagnostic(
                    .error, .unreadable, "the file is larger than \(maximumSize >> 20) MiB",
                    at: SourceLocation(file: SourceFile(name)), fix: "split it")
            }
        }
    }

    private static func unreadable(_ name: String, _ code: Int32) -> Diagnostic {
        let fix =
            switch code {
            case ENOENT: "check the spelling and the current folder"
            case EACCES, EPERM: "make the file readable for this user"
            case EISDIR: "name a file in it"
            default: "check the file"
            }
        return Diagnostic(
            .error, .unreadable, "cannot be read: \(String(cString: strerror(code)))",
            at: SourceLocation(file: SourceFile(name)), fix: fix)
    }
}
