import Diagnostics
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Reads and replaces small files so that a kill at any moment leaves the old or the new content.
enum StateFile {
    /// Larger state files are not ours.
    private static let maximumSize = 64 << 20

    /// Writes beside, flushes, renames over, and flushes the folder (rename(2) is atomic).
    ///
    /// - Parameter durable: whether to wait for the disk; without it, only a power cut can lose the change.
    /// - Throws: ``Diagnostic`` with code `local.state-unwritable`; nothing is left behind.
    static func replace(_ path: String, with bytes: [UInt8], durable: Bool = true) throws(Diagnostic) {
        let temporary = "\(path).new-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unwritable(path, errno) }
        var problem: Int32 = writeAll(bytes, to: descriptor) ? 0 : errno
        if problem == 0, durable, fsync(descriptor) != 0 { problem = errno }
        if close(descriptor) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(temporary, path) != 0 { problem = errno }
        guard problem == 0 else {
            unlink(temporary)
            throw unwritable(path, problem)
        }
        guard durable else { return }
        let folder = open(folderOf(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    static func replace(_ path: String, with node: Node, durable: Bool = true) throws(Diagnostic) {
        let bytes = JSONEmitter.bytes(of: node, JSONEmitter.Options(pretty: true)) + [UInt8(ascii: "\n")]
        try replace(path, with: bytes, durable: durable)
    }

    /// The tree of a JSON file and what `decode` makes of it; nil when there is no file.
    ///
    /// A file that is no JSON, or that `decode` refuses, is renamed to `NAME.corrupt-TIME` and reported
    /// to `warn`; the caller goes on as without it.
    ///
    /// - Parameter fix: what a person can do about a corrupt file.
    static func read<Value>(
        _ path: String, fix: String = "deploy again to write it anew", warn: (Diagnostic) -> Void,
        decode: (Node) throws -> Value?
    ) -> Value? {
        guard access(path, F_OK) == 0 else { return nil }
        let why: String
        do {
            let bytes = try FileBytes.read(path: path, maximumSize: maximumSize)
            let node = try JSONParser.parse(bytes, file: SourceFile(path))
            if let value = try decode(node) { return value }
            why = "a field is missing or of the wrong kind"
        } catch let problem as Diagnostic {
            if problem.code == .unreadable {
                warn(problem)
                return nil
            }
            why = problem.location.map { "\($0): \(problem.what)" } ?? problem.what
        } catch {
            why = "\(error)"
        }
        warn(setAside(path, why: why, fix: fix))
        return nil
    }

    private static func setAside(_ path: String, why: String, fix: String) -> Diagnostic {
        var target = "\(path).corrupt-\(time(nil))"
        var attempt = 1
        while access(target, F_OK) == 0 {
            attempt += 1
            target = "\(path).corrupt-\(time(nil))-\(attempt)"
        }
        let moved = rename(path, target) == 0
        return Diagnostic(
            .warning, .corruptState, "the state file `\(path)` is corrupt", why: why,
            fix: fix,
            notes: [
                Diagnostic.Note(
                    moved
                        ? "it was set aside as `\(target)`"
                        : "it could not be set aside: \(String(cString: strerror(errno)))")
            ])
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            written += count
        }
        return true
    }

    private static func folderOf(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func unwritable(_ path: String, _ code: Int32) -> Diagnostic {
        let fix =
            switch code {
            case ENOSPC, EDQUOT: "free some space on that disk"
            case EROFS, EACCES, EPERM: "make the folder writable, or set XDG_STATE_HOME to one that is"
            default: "set XDG_STATE_HOME to a folder that can be written"
            }
        return Diagnostic(
            .error, .stateUnwritable, "the state of the service cannot be written: \(String(cString: strerror(code)))",
            why: "the local provider keeps what it runs in `\(path)`", fix: fix)
    }
}
