public import Diagnostics

/// Reads documents from files, choosing the reader by the file's name.
public enum DocumentReader {
    /// Files larger than this are refused before they are read, in bytes.
    public static let maximumSize = 64 << 20

    /// The documents of the file at `path`: JSON where the name ends in `.json` or the whole text is JSON,
    /// else YAML.
    ///
    /// - Parameter name: what to call the file in diagnostics; its path unless given.
    /// - Throws: ``Diagnostic`` when it cannot be read or is malformed.
    public static func read(path: String, as name: String? = nil) throws(Diagnostic) -> [Node] {
        try parse(FileBytes.read(path: path, maximumSize: maximumSize), path: path, file: SourceFile(name ?? path))
    }

    /// The documents of a file whose bytes have been read already.
    public static func parse(_ bytes: [UInt8], path: String, file: SourceFile) throws(Diagnostic) -> [Node] {
        if path.hasSuffix(".json") { return [try JSONParser.parse(bytes, file: file)] }
        // What comes from a pipe or is named .yaml may be JSON, which libyaml does not read in full: it wants
        // no tabs and no escaped surrogate pairs. What starts like JSON and is not, is YAML in flow style.
        if startsLikeJSON(bytes), let document = try? JSONParser.parse(bytes, file: file) { return [document] }
        return try YAMLParser.parse(bytes, file: file)
    }

    private static func startsLikeJSON(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}

extension Diagnostic.Code {
    public static let unreadable = Self("document.unreadable")
}
