import Diagnostics

/// A place in a text, both numbers counted from 1; columns count Unicode scalars.
struct TextPosition {
    let line: Int
    let column: Int

    /// The place of the byte at `offset` of UTF-8 text; malformed bytes count as one column each.
    init(offset: Int, in bytes: some Sequence<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    func location(in file: SourceFile) -> SourceLocation {
        SourceLocation(file: file, line: line, column: column)
    }
}
