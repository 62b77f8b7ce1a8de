/// Reads comma-separated values as RFC 4180 defines them, with LF accepted where it asks for CRLF.
///
/// Quoted fields may hold commas, doubled quotes and line breaks. A byte-order mark is skipped, and so are empty
/// lines. A row whose number of fields differs from the header's is an error, never padded or cut.
package struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    /// Reads a table with a header.
    ///
    /// - Throws: `ServiceError` (422, `invalid_csv`) whose message names the line, counted from 1.
    package static func table(
        _ bytes: [UInt8], maximumColumns: Int = WorkloadLimits().columns
    ) throws(ServiceError) -> CSVTable {
        var reader = CSVReader(bytes: bytes)
        guard let header = try reader.nextRecord() else {
            throw invalid("the table is empty", hint: "send a header line and at least one row")
        }
        guard header.count <= maximumColumns else {
            throw invalid(
                "the table has \(header.count) columns, more than the \(maximumColumns) allowed",
                hint: "send fewer columns")
        }
        var seen: Set<String> = []
        for (index, name) in header.enumerated() {
            guard !name.isEmpty else {
                throw invalid("column \(index + 1) of the header has no name", hint: "name every column")
            }
            guard seen.insert(name).inserted else {
                throw invalid("the header names \"\(name)\" twice", hint: "give every column a name of its own")
            }
        }
        var rows: [[String]] = []
        while true {
            reader.skipEmptyLines()
            let start = reader.line
            guard let row = try reader.nextRecord() else { break }
            guard row.count == header.count else {
                throw invalid(
                    "line \(start) has \(row.count) field\(row.count == 1 ? "" : "s"), the header has \(header.count)",
                    hint: "quote fields that hold a comma, and write an empty field for a missing value")
            }
            rows.append(row)
        }
        guard !rows.isEmpty else {
            throw invalid("the table has a header but no rows", hint: "send at least one row")
        }
        return CSVTable(header: header, rows: rows)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    private mutating func skipEmptyLines() {
        while position < bytes.count, isLineBreak(bytes[position]) { skipLineBreak() }
    }

    private mutating func nextRecord() throws(ServiceError) -> [String]? {
        skipEmptyLines()
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(try nextField())
            guard position < bytes.count else { return fields }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
            } else {
                skipLineBreak()
                return fields
            }
        }
    }

    private mutating func nextField() throws(ServiceError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: ","), !isLineBreak(bytes[position]) {
                position += 1
            }
            return try string(bytes[start..<position])
        }
        let opening = line
        position += 1
        var field: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\"") else {
                if byte == UInt8(ascii: "\n") { line += 1 }
                field.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                field.append(byte)
                position += 1
                continue
            }
            guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || isLineBreak(bytes[position]) else {
                throw Self.invalid(
                    "line \(line) has text after a closing quote", hint: "double the quotes inside a quoted field")
            }
            return try string(field[...])
        }
        throw Self.invalid("the quoted field that starts on line \(opening) never ends", hint: "add the closing quote")
    }

    private func string(_ field: ArraySlice<UInt8>) throws(ServiceError) -> String {
        guard let text = String(validating: field, as: UTF8.self) else {
            throw Self.invalid("line \(line) is not UTF-8 text", hint: "save the table as UTF-8")
        }
        return text
    }

    private func isLineBreak(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func skipLineBreak() {
        if bytes[position] == UInt8(ascii: "\r"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n")
        {
            position += 1
        }
        position += 1
        line += 1
    }

    private static func invalid(_ message: String, hint: String) -> ServiceError {
        .unprocessable("invalid_csv", message, hint: hint)
    }
}
