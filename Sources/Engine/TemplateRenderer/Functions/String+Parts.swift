extension String {
    /// Whether `part` occurs in the text.
    func hasPart(_ part: String) -> Bool {
        part.isEmpty || ByteSearch(for: part).firstRange(in: Array(utf8)) != nil
    }

    /// The parts between occurrences of `delimiter`; single Unicode scalars when it is empty.
    func parts(between delimiter: String) -> [String] {
        guard !delimiter.isEmpty else { return unicodeScalars.map { String($0) } }
        let search = ByteSearch(for: delimiter)
        let bytes = Array(utf8)
        var parts: [String] = []
        var start = 0
        while let range = search.firstRange(in: bytes, from: start) {
            parts.append(String(decoding: bytes[start..<range.lowerBound], as: UTF8.self))
            start = range.upperBound
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    /// The text without the white space at its ends.
    func stripped(start: Bool, end: Bool) -> String {
        var scalars = unicodeScalars[...]
        if start { scalars = scalars.drop(while: \.properties.isWhitespace) }
        if end {
            while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        }
        return String(scalars)
    }
}
