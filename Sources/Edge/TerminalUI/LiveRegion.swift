/// Lines at the bottom of a terminal that are kept up to date while others scroll by above them.
///
/// Pure: it says what has to be written, and knows what stands there.
struct LiveRegion {
    private var shown: [String] = []

    var isEmpty: Bool { shown.isEmpty }

    /// What takes the lines away, so that others can be written in their place (ECMA-48: CUU, ED).
    var erasure: String {
        shown.isEmpty ? "" : "\r\u{1B}[\(shown.count)A\u{1B}[J"
    }

    /// What writes the lines.
    var drawing: String { shown.reduce(into: "") { $0 += $1 + "\n" } }

    /// What has to be written for `lines` to stand there; nothing where they do.
    mutating func show(_ lines: [String]) -> String {
        guard lines != shown else { return "" }
        let erasure = erasure
        shown = lines
        return erasure + drawing
    }
}
