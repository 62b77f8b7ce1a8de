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

    /// The table's lines. Where `width` is too narrow, cells are cut with `…`, the widest column first; where
    /// that would leave too little of them, each row is a record of its own: one line for each column.
    package func lines(style: Style = .plain, width: Int? = nil) -> [String] {
        guard let widths = columnWidths(within: width) else { return records(style) }
        var lines = [rule("┌", "┬", "┐", widths)]
        lines.append(line(header.map { Cell($0, .strong) }, widths, style))
        lines.append(rule("├", "┼", "┤", widths))
        for row in rows { lines.append(line(row, widths, style)) }
        lines.append(rule("└", "┴", "┘", widths))
        return lines
    }

    private func records(_ style: Style) -> [String] {
        let width = header.map(\.count).max() ?? 0
        return rows.enumerated().flatMap { index, row in
            let fields = zip(header, row).map { title, cell in
                let padding = String(repeating: " ", count: width - title.count)
                let text = cell.meaning.map { style.apply($0, cell.text) } ?? cell.text
                return style.apply(.strong, title) + padding + "  " + text
            }
            return index == 0 ? fields : [""] + fields
        }
    }

    /// Nil where even cut columns do not fit.
    private func columnWidths(within limit: Int?) -> [Int]? {
        var widths = header.indices.map { column in
            max(header[column].count, rows.map { $0[column].text.count }.max() ?? 0)
        }
        guard let limit else { return widths }
        let minimum = 12
        while widths.reduce(0, +) + 3 * widths.count + 1 > limit {
            guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > minimum else {
                return nil
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
