import Documents
import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Reads the replicas' logs, rotated ones first, whether a supervisor runs or not.
struct LogReader: Sendable {
    let folder: StateFolder
    let replica: String?

    private static let pause = Duration.milliseconds(100)
    private static let chunkSize = 1 << 16

    /// - Parameter each: gets every line; with `follow`, until the task is cancelled or the service is gone.
    func read(tail: Int?, follow: Bool, each: (LogLine) -> Void) async {
        var cursors: [String: Cursor] = [:]
        var past: [[LogLine]] = []
        for name in names() {
            var cursor = Cursor(path: folder.log(name))
            past.append(cursor.history().map { LogLine(replica: name, bytes: $0) })
            cursors[name] = cursor
        }
        let merged = Self.merge(past)
        for line in merged.suffix(tail ?? merged.count) { each(line) }
        guard follow else { return }
        while !Task.isCancelled, folder.exists {
            for name in names() {
                var cursor = cursors[name] ?? Cursor(path: folder.log(name))
                for bytes in cursor.next() { each(LogLine(replica: name, bytes: bytes)) }
                cursors[name] = cursor
            }
            if FolderListing.contents(of: folder.logs).isEmpty { return }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func names() -> [String] {
        FolderListing.contents(of: folder.logs).compactMap { file in
            guard file.hasSuffix(".log") else { return nil }
            let name = String(file.dropLast(4))
            return replica == nil || replica == name ? name : nil
        }
    }

    /// Merges by the time that lines begin with; a line without one stays behind the line before it.
    static func merge(_ logs: [[LogLine]]) -> [LogLine] {
        var keyed: [(time: Substring, order: Int, line: LogLine)] = []
        for log in logs {
            var time: Substring = ""
            for line in log {
                time = leadingTime(line) ?? time
                keyed.append((time, keyed.count, line))
            }
        }
        return keyed.sorted { ($0.time, $0.order) < ($1.time, $1.order) }.map(\.line)
    }

    /// `2026-01-31T12:00:00.123`: digits and marks in the places of RFC 3339.
    private static func leadingTime(_ line: LogLine) -> Substring? {
        let bytes = line.bytes.prefix(19)
        guard bytes.count == 19 else { return nil }
        let isTime = bytes.enumerated().allSatisfy { offset, byte in
            switch offset {
            case 4, 7: byte == UInt8(ascii: "-")
            case 10: byte == UInt8(ascii: "T") || byte == UInt8(ascii: " ")
            case 13, 16: byte == UInt8(ascii: ":")
            default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        }
        guard isTime else { return nil }
        let text = line.text
        let time = text.drop { $0 != "T" && $0 != " " }.dropFirst().prefix { !$0.isWhitespace }
        return text[..<time.endIndex]
    }

    /// A place in a log that survives its rotation.
    private struct Cursor {
        let path: String
        private var offset = 0
        private var rotated: UInt64 = 0
        private var partial: [UInt8] = []

        init(path: String) {
            self.path = path
            rotated = Self.inode("\(path).1")
        }

        /// Everything that is there, oldest first.
        mutating func history() -> [[UInt8]] {
            var number = 1
            while access("\(path).\(number + 1)", F_OK) == 0 { number += 1 }
            var lines: [[UInt8]] = []
            for older in stride(from: number, through: 1, by: -1) {
                lines += split(Self.bytes("\(path).\(older)", from: 0))
            }
            return lines + next()
        }

        /// What was added since; a line that has no end yet waits for it.
        mutating func next() -> [[UInt8]] {
            var lines: [[UInt8]] = []
            let inode = Self.inode("\(path).1")
            if inode != rotated {
                rotated = inode
                lines += split(Self.bytes("\(path).1", from: offset))
                offset = 0
            }
            let bytes = Self.bytes(path, from: offset)
            offset += bytes.count
            return lines + split(bytes)
        }

        private mutating func split(_ bytes: [UInt8]) -> [[UInt8]] {
            partial += bytes
            guard let end = partial.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
            let lines = partial[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map(Array.init)
            partial.removeSubrange(...end)
            return lines
        }

        private static func inode(_ path: String) -> UInt64 {
            var status = stat()
            return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
        }

        private static func bytes(_ path: String, from offset: Int) -> [UInt8] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return [] }
            defer { close(descriptor) }
            var result: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: chunkSize)
            while true {
                let count = chunk.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress, $0.count, offset + result.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return result }
                result += chunk[..<count]
            }
        }
    }
}
