/// A place in a source: file, line and column, both counted from 1 as editors do.
///
/// Packed into eight bytes (24 bits of file, 24 of line, 16 of column); numbers past the range
/// saturate. Line 0 means that the whole source is meant, as for a command-line flag.
public struct SourceLocation: Sendable, Hashable {
    private let packed: UInt64

    /// A place in `file`. Columns count Unicode scalars from 1, as libyaml's marks do.
    public init(file: SourceFile, line: Int = 0, column: Int = 0) {
        let line = UInt64(min(max(line, 0), 0xFF_FFFF))
        let column = UInt64(min(max(column, 0), 0xFFFF))
        packed = UInt64(file.index) << 40 | line << 16 | column
    }

    /// Nothing is known of where a value came from, as for values computed in a program.
    public static let unknown = SourceLocation(file: .unknown)

    public var file: SourceFile { SourceFile(index: UInt32(truncatingIfNeeded: packed >> 40)) }
    public var line: Int { Int(truncatingIfNeeded: (packed >> 16) & 0xFF_FFFF) }
    public var column: Int { Int(truncatingIfNeeded: packed & 0xFFFF) }
    public var isKnown: Bool { packed != 0 }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:col`, or only the file's name where a line makes no sense.
    public var description: String {
        guard line > 0 else { return file.name }
        return column > 0 ? "\(file.name):\(line):\(column)" : "\(file.name):\(line)"
    }
}

extension SourceLocation {
    /// Reads what `description` wrote: `file:line:col`, `file:line` or `file`.
    public init(written text: String) {
        var reader = SourceLocationReader()
        self = reader.location(text)
    }
}
