/// Breaks text into lines that fit a terminal.
enum WrappedText {
    /// The lines of one line of text, the later ones behind `indentation`.
    ///
    /// Breaks stand at spaces only, and never inside backquotes or one of `wholes`: a command, a value or a place
    /// can be copied. What alone is longer than a line stays so.
    static func lines(_ line: String, width: Int, indentation: String, keeping wholes: [String] = []) -> [String] {
        guard line.count > width else { return [line] }
        let margin = line.prefix { $0 == " " }
        var lines: [String] = []
        var current = String(margin)
        var isEmpty = true
        for piece in pieces(line[margin.endIndex...], wholes) {
            if !isEmpty, current.count + 1 + piece.count > width {
                lines.append(current)
                current = indentation
                isEmpty = true
            }
            current += isEmpty ? String(piece) : " " + piece
            isEmpty = false
        }
        return lines + [current]
    }

    /// Words, and what must stay on one line like a word.
    private static func pieces(_ text: Substring, _ wholes: [String]) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var index = start
        var isQuoted = false
        while index < text.endIndex {
            let rest = text[index...]
            if let whole = wholes.first(where: { !$0.isEmpty && rest.hasPrefix($0) }) {
                index = rest.index(index, offsetBy: whole.count)
                continue
            }
            let next = text.index(after: index)
            switch text[index] {
            // A quote that is never closed holds nothing.
            case "`": isQuoted = !isQuoted && text[next...].contains("`")
            case " " where !isQuoted:
                pieces.append(text[start..<index])
                start = next
            default: break
            }
            index = next
        }
        return pieces + [text[start...]]
    }
}
