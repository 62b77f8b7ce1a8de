import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// Finds out who listens on a TCP port of this machine, as far as this user may see.
enum PortHolder {
    /// `` `nginx` (pid 812)``; nil when nobody listens or the holder is another user's. Its arguments are left
    /// out: they may hold its secrets.
    static func describe(port: Int) -> String? {
        let inodes = Set(listeners("/proc/net/tcp", port) + listeners("/proc/net/tcp6", port))
        guard !inodes.isEmpty else { return nil }
        for name in FolderListing.contents(of: "/proc") {
            guard let pid = pid_t(name) else { continue }
            for descriptor in FolderListing.contents(of: "/proc/\(pid)/fd") {
                guard let target = link("/proc/\(pid)/fd/\(descriptor)"), target.hasPrefix("socket:["),
                    inodes.contains(String(target.dropFirst("socket:[".count).dropLast()))
                else { continue }
                return "`\(program(pid))` (pid \(pid))"
            }
        }
        return nil
    }

    /// The file name of the process's program (proc(5), `exe`), without what steers terminals.
    private static func program(_ pid: pid_t) -> String {
        let name = link("/proc/\(pid)/exe")?.split(separator: "/").last ?? "another process"
        return String(decoding: name.utf8.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    }

    /// Inodes of sockets in state LISTEN (0A) at the port; columns as in proc(5).
    private static func listeners(_ path: String, _ port: Int) -> [String] {
        guard let bytes = ProcessTable.read(path, limit: 16 << 20) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
            let columns = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard columns.count > 9, columns[3] == "0A", let hex = columns[1].split(separator: ":").last,
                Int(hex, radix: 16) == port
            else { return nil }
            return columns[9]
        }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink(path, $0, characters.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
