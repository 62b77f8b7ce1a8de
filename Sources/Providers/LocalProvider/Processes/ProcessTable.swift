import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// What `/proc` tells of processes (proc(5)).
enum ProcessTable {
    struct Entry: Sendable {
        let pid: pid_t
        let state: UInt8
        let session: pid_t
        let startTicks: UInt64
        /// Of the process and of the children that it waited for.
        let cpuTicks: UInt64
        let residentPages: Int

        var isRunning: Bool { state != UInt8(ascii: "Z") && state != UInt8(ascii: "X") }
    }

    static func entry(_ pid: pid_t) -> Entry? {
        guard let text = read("/proc/\(pid)/stat", limit: 4096) else { return nil }
        return entry(pid, stat: text)
    }

    /// Reads a line of `/proc/PID/stat`: the second field is the program's name in parentheses and may
    /// itself hold spaces and parentheses, so the last one ends it.
    static func entry(_ pid: pid_t, stat text: [UInt8]) -> Entry? {
        guard let close = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[(close + 1)...].split(separator: UInt8(ascii: " "))
        // fields[0] is field 3 of the manual.
        guard fields.count > 21, let state = fields[0].first else { return nil }
        func number(_ field: Int) -> Int { Int(String(decoding: fields[field - 3], as: UTF8.self)) ?? 0 }
        return Entry(
            pid: pid, state: state, session: pid_t(truncatingIfNeeded: number(6)),
            startTicks: UInt64(max(0, number(22))),
            cpuTicks: UInt64(max(0, number(14) + number(15) + number(16) + number(17))), residentPages: number(24))
    }

    static func all() -> [Entry] {
        FolderListing.contents(of: "/proc").compactMap { name in pid_t(name).flatMap(entry) }
    }

    /// The numbers of processes whose environment holds `marker` (`NAME=value`). Another user's, and one
    /// that overwrote its environment, are not seen.
    static func marked(_ marker: String) -> [pid_t] {
        FolderListing.contents(of: "/proc").compactMap { name in
            guard let pid = pid_t(name), isMarked(pid, marker) else { return nil }
            return pid
        }
    }

    static func isMarked(_ pid: pid_t, _ marker: String) -> Bool {
        guard let environment = read("/proc/\(pid)/environ", limit: 1 << 20) else { return false }
        let wanted = Array(marker.utf8)
        return environment.split(separator: 0).contains { $0.elementsEqual(wanted) }
    }

    /// The start of a file of `/proc`, whose size is not known before it is read.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}
