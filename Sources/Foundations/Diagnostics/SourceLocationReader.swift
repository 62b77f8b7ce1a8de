/// Reads places that `SourceLocation.description` wrote.
///
/// Of many places most are in few files, whose names it looks up once.
public struct SourceLocationReader {
    private var files: [Substring: SourceFile] = [:]

    public init() {}

    /// The place: `file:line:col`, `file:line` or `file`.
    public mutating func location(_ text: String) -> SourceLocation {
        var name = Substring(text)
        let last = Self.takeNumber(from: &name)
        let first = last == nil ? nil : Self.takeNumber(from: &name)
        let file = files[name] ?? SourceFile(String(name))
        files[name] = file
        return SourceLocation(file: file, line: first ?? last ?? 0, column: first == nil ? 0 : last ?? 0)
    }

    /// Takes `:` and a positive number from the end; nil where there is none.
    private static func takeNumber(from text: inout Substring) -> Int? {
        var number = 0
        var scale = 1
        let bytes = text.utf8
        var index = bytes.endIndex
        while index > bytes.startIndex {
            index = bytes.index(before: index)
            switch bytes[index] {
            case UInt8(ascii: ":"):
                guard number > 0 else { return nil }
                text = text[..<index]
                return number
            case let digit where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) && scale < 1_000_000_000_000:
                number += Int(digit - UInt8(ascii: "0")) * scale
                scale *= 10
            default: return nil
            }
        }
        return nil
    }
}
