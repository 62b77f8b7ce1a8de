import Diagnostics

/// The lines of a template's file.
struct TemplateSource {
    /// Longer lines are not searched: a file written on one line would be walked once for each string.
    private static let longestLine = 4096

    private let bytes: [UInt8]
    private let lineStarts: [Int]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        self.bytes = bytes
    }

    /// The line that `location` is on, unless it is too long.
    func line(_ location: SourceLocation) -> String? {
        guard location.column > 0, lineStarts.indices.contains(location.line - 1) else { return nil }
        let start = lineStarts[location.line - 1]
        let end = location.line < lineStarts.count ? lineStarts[location.line] - 1 : bytes.count
        guard end - start <= Self.longestLine else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
