/// How far the lines of a container's run were told, by the times that the kubelet puts before them: a stream that was
/// cut is taken up behind the last line, and none is told twice.
struct LogMark {
    /// Of the last line that was told, as it was written; nil before the first.
    private(set) var time: String?
    /// How many lines of that very time were told.
    private var told = 0
    /// How many of them the stream at hand has had; nil once it is behind the mark.
    private var met: Int?

    /// The next lines are those of another stream, which begins at ``time`` or before.
    mutating func beginStream() { met = time == nil ? nil : 0 }

    /// The line without its time; nil where it was told before.
    mutating func text(of line: [UInt8]) -> [UInt8]? {
        // A piece of a line that was too long has no time, nor has what the kubelet itself says.
        guard let end = line.prefix(40).firstIndex(of: UInt8(ascii: " ")), Self.isTime(line[..<end]) else {
            return met == nil ? line : nil
        }
        let stamp = String(decoding: line[..<end], as: UTF8.self)
        let text = Array(line[(end + 1)...])
        if let time, let met {
            if Self.isBefore(stamp, time) { return nil }
            if stamp == time {
                self.met = met + 1
                if met < told { return nil }
            } else {
                self.met = nil
            }
        }
        told = stamp == time ? told + 1 : 1
        time = stamp
        return text
    }

    /// `2006-01-02T15:04:05…`, RFC 3339.
    private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 20
            && zip(bytes, "0000-00-00T00:00:00".utf8).allSatisfy { byte, shape in
                shape == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == shape
            }
    }

    /// Of two times of one node. Not all runtimes write nine digits behind the point; a shorter fraction that begins a
    /// longer one is the earlier of the two.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        func parts(_ stamp: String) -> (seconds: Substring, fraction: Substring) {
            let parts = stamp.split(separator: ".", maxSplits: 1)
            return (parts[0].prefix(19), parts.count == 2 ? parts[1].prefix(while: \.isNumber) : "")
        }
        return parts(left) < parts(right)
    }
}
