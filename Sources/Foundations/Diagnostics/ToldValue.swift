extension String {
    /// Whether a message names `value`, as a whole and not as a part of a longer name. Values of one or two characters
    /// are in many messages, and are named by none.
    package func tells(_ value: String) -> Bool {
        func isOfName(_ character: Character?) -> Bool {
            guard let character else { return false }
            return character.isLetter || character.isNumber || character == "-" || character == "_"
        }
        return value.count >= 3
            && ranges(of: value).contains { range in
                let (before, after) = (self[..<range.lowerBound], self[range.upperBound...])
                // A point or a slash joins two parts of a name, unless it ends the sentence.
                let goesOn = [".", "/"].contains(after.first) && isOfName(after.dropFirst().first)
                let began = [".", "/"].contains(before.last) && isOfName(before.dropLast().last)
                return !goesOn && !began && !isOfName(before.last) && !isOfName(after.first)
            }
    }
}
