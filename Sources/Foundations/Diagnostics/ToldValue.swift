extension String {
    /// Whether a message names `value`, as a whole and not as a part of a longer name. Values of one or two characters
    /// are in many messages, and are named by none.
    package func tells(_ value: String) -> Bool {
        func isOfName(_ character: Character?) -> Bool {
            guard let character else { return false }
            return character.isLetter || character.isNumber || character == "-"
        }
        return value.count >= 3
            && ranges(of: value).contains { range in
                !isOfName(self[..<range.lowerBound].last) && !isOfName(self[range.upperBound...].first)
            }
    }
}
