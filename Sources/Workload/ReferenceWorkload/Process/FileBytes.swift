import Glibc

/// A failed system call on a file: errno and its text.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    package var code: Int32

    package static var current: FileError { FileError(code: errno) }

    package var description: String { String(cString: strerror(code)) }
}

/// Whole-file reads through the C library.
package enum FileBytes {
    /// Reads the regular file at `path`.
    ///
    /// - Throws: `FileError`; EFBIG when the file holds more than `limit` bytes, EISDIR for a folder.
    package static func read(_ path: String, upTo limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.current }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.current
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw FileError(code: EFBIG) }
        }
    }
}
