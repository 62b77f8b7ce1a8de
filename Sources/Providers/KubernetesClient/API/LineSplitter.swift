/// Cuts a stream of bytes into lines.
struct LineSplitter {
    /// A line of more bytes is cut into pieces of so many, so that memory holds no more than one.
    let maximum: Int
    private var rest: [UInt8] = []

    init(maximum: Int) { self.maximum = maximum }

    /// The lines that end in `bytes`, without their ends; what follows the last is kept for the next call.
    mutating func lines(adding bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(rest + bytes[start..<end])
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest += bytes[start...]
        while rest.count >= maximum {
            lines.append(Array(rest.prefix(maximum)))
            rest.removeFirst(maximum)
        }
        return lines
    }

    /// What came after the last end of a line; nil where nothing did.
    mutating func end() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
