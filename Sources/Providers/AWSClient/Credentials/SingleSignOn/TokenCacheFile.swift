import Diagnostics
import Documents
import Glibc

/// A JSON file in one of the AWS CLI's caches.
enum TokenCacheFile {
    private static let maximumSize = 1 << 20

    /// - Throws: ``Diagnostic`` when it cannot be read or is no JSON. It shows no part of the file.
    static func read(_ path: String) throws(Diagnostic) -> Node {
        let bytes = try FileBytes.read(path: path, maximumSize: maximumSize)
        guard let node = try? JSONParser.parse(bytes, file: SourceFile(path)) else {
            throw Diagnostic(
                .error, .awsSSO, "the cached token is not JSON", at: SourceLocation(file: SourceFile(path)),
                fix: "remove the file and log in again")
        }
        return node
    }

    /// Replaces the file at once, readable for its owner only. Where that fails, the old one stays.
    ///
    /// - Returns: whether it has been written.
    static func write(_ node: Node, to path: String) -> Bool {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return false }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bytes = JSONEmitter.bytes(of: node)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        if isWritten, rename(template, path) == 0 { return true }
        unlink(template)
        return false
    }
}
