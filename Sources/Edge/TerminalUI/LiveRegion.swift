/// Lines at the bottom of a terminal that are kept up to date while others scroll by above them.
///
/// Pure: it says what has to be written, and knows what stands there.
struct LiveRegion {
    private var shown: [String] = []
    /// What is to stand there after a question; nil while none is asked.
    private var postponed: [String]?

    var isAsking: Bool { postponed != nil }
    var isEmpty: Bool { shown.isEmpty }

    /// What takes the lines away, so that others can be written in their place (ECMA-48: CUU, ED).
    var erasure: String {
        shown.isEmpty ? "" : "\r\u{1B}[\(shown.count)A\u{1B}[J"
    }

    /// What writes the lines.
    var drawing: String { shown.reduce(into: "") { $0 += $1 + "\n" } }

    /// What has to be written for `lines` to stand there; nothing where they do.
    mutating func show(_ lines: [String]) -> String {
        guard !isAsking else {
            postponed = lines
            return ""
        }
        guard lines != shown else { return "" }
        let erasure = erasure
        shown = lines
        return erasure + drawing
    }

    /// What makes room for a question, with the cursor where it is to stand.
    mutating func beginQuestion() -> String {
        let (erasure, lines) = (erasure, shown)
        shown = []
        postponed = postponed ?? lines
        return erasure
    }

    /// What writes the newest lines below a question that has been answered.
    mutating func endQuestion() -> String {
        shown = postponed ?? shown
        postponed = nil
        return drawing
    }
}
