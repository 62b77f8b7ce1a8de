/// A table drawn with box characters, as wide as its cells need.
package struct Table: Sendable {
    package struct Cell: Sendable {
        package let text: String
        package let meaning: Style.Meaning?

        package init(_ text: String, _ meaning: Style.Meaning? = nil) {
            self.text = text
            self.meaning = meaning
        }
    }

    package let header: [String]
    package private(set) var rows: [[Cell]] = []

    package init(header: [String]) {
        self.header = header
    }

    /// Adds a row with one cell for each column.
    package mutating func add(_ row: [Cell]) {
        rows.append(row)
    }

    /// The table's lines. Where `width` is too narrow, cells are cut with `…`, the widest column first.
    package func lines(style: Style = .plain, width: Int? = nil) -> [String] {
        let widths = columnWidths(within: width)
        var lines = [rule("┌", "┬", "┐", widths)]
        lines.append(line(header.map { Cell($0, .strong) }, widths, style))
        lines.append(rule("├", "┼", "┤", widths))
        for row in rows { lines.append(line(row, widths, style)) }
        lines.append(rule("└", "┴", "┘", widths))
        return lines
    }

    private func columnWidths(within limit: Int?) -> [Int] {
        var widths = header.indices.map { column in
            max(header[column].count, rows.map { $0[column].text.count }.max() ?? 0)
        }
        guard let limit else { return widths }
        let minimum = 6
        while widths.reduce(0, +) + 3 * widths.count + 1 > limit {
            guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > minimum else {
                break
            }
            widths[widest] -= 1
        }
        return widths
    }

    private func rule(_ left: String, _ middle: String, _ right: String, _ widths: [Int]) -> String {
        left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        let texts = zip(cells, widths).map { cell, width in
            let text = cell.text.count > width ? cell.text.prefix(width - 1) + "…" : cell.text
            let padding = String(repeating: " ", count: width - text.count)
            return (cell.meaning.map { style.apply($0, text) } ?? text) + padding
        }
        return "│ " + texts.joined(separator: " │ ") + " │"
    }
}
