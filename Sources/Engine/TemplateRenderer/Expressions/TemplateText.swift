import Diagnostics

/// A string of the template, ready to be read: its bytes and how they map to places in the file.
struct TemplateText {
    let bytes: [UInt8]
    private let origin: TextOrigin
    /// Scalars before each byte, when some byte is not ASCII.
    private let columns: [Int32]?

    init(_ text: String, origin: TextOrigin) {
        bytes = Array(text.utf8)
        self.origin = origin
        if bytes.allSatisfy({ $0 < 0x80 }) {
            columns = nil
        } else {
            var count: Int32 = 0
            columns = bytes.map { byte in
                if byte & 0xC0 != 0x80 { count += 1 }
                return count - 1
            }
        }
    }

    /// The place of the byte at `position`; that of the whole string where it cannot be told.
    func location(at position: Int) -> SourceLocation {
        guard let columns else { return origin.location(scalarOffset: position) }
        let offset = position < columns.count ? columns[position] : (columns.last ?? -1) + 1
        return origin.location(scalarOffset: Int(offset))
    }

    func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The text from `position`, cut where it would swamp a message.
    func excerpt(from position: Int) -> String {
        let longest = 80
        guard bytes.count - position > longest else { return string(position..<bytes.count) }
        var end = position + longest
        while bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return string(position..<end) + "…"
    }
}
