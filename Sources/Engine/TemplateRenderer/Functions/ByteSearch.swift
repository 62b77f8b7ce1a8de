/// Finds the occurrences of one text in another in linear time (Knuth, Morris and Pratt).
///
/// Texts are compared by their bytes, hence by code points, as the language does, and not by canonical
/// equivalence.
struct ByteSearch {
    private let pattern: [UInt8]
    /// For each prefix of the pattern, how much of it is matched when its next byte is not.
    private var fallbacks: [Int]

    /// - Parameter pattern: is not empty.
    init(for pattern: String) {
        self.pattern = Array(pattern.utf8)
        fallbacks = [0]
        var matched = 0
        for byte in self.pattern.dropFirst() {
            while matched > 0, byte != self.pattern[matched] { matched = fallbacks[matched - 1] }
            if byte == self.pattern[matched] { matched += 1 }
            fallbacks.append(matched)
        }
    }

    /// Where the pattern first occurs at or behind `start`.
    func firstRange(in text: [UInt8], from start: Int = 0) -> Range<Int>? {
        var matched = 0
        for position in start..<text.count {
            while matched > 0, text[position] != pattern[matched] { matched = fallbacks[matched - 1] }
            if text[position] == pattern[matched] { matched += 1 }
            if matched == pattern.count { return (position + 1 - matched)..<(position + 1) }
        }
        return nil
    }
}
