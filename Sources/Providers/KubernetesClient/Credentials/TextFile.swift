/// Files that hold one word, with or without a newline behind it.
enum TextFile {
    /// The text without the white space around it; nil where nothing is left.
    static func trimmed(_ bytes: [UInt8]) -> String? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let start = bytes.firstIndex(where: { !isSpace($0) }), let end = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }
}
