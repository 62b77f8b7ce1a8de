/// Writes comma-separated values as RFC 4180 defines them: CRLF line ends, quotes only where they are needed.
package enum CSVWriter {
    /// Appends one record to `bytes`.
    package static func write(_ fields: [String], to bytes: inout [UInt8]) {
        // A lone empty field would be an empty line, which readers skip.
        if fields == [""] { bytes += #""""#.utf8 }
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(field, to: &bytes)
        }
        bytes += "\r\n".utf8
    }

    private static func write(_ field: String, to bytes: inout [UInt8]) {
        guard field.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            bytes += field.utf8
            return
        }
        bytes.append(0x22)
        for byte in field.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}
