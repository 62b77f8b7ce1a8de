/// A table of text: a header of distinct names, and one field a column in every row. An empty field is a null.
package struct CSVTable: Equatable, Sendable {
    package var header: [String]
    package var rows: [[String]]

    package init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }

    /// The fields of one column, top to bottom.
    package func column(_ index: Int) -> [String] {
        rows.map { $0[index] }
    }
}
