import Diagnostics

extension TextPattern {
    /// Cuts `text` at its interpolations; `$${` stands for the characters `${`.
    ///
    /// - Throws: ``Diagnostic`` when an interpolation is not closed or cannot be read.
    convenience init(_ text: TemplateText, place: Place) throws(Diagnostic) {
        let bytes = text.bytes
        var segments: [Segment] = []
        var literal = ""
        /// Where the bytes begin that are not yet in a segment.
        var start = 0
        var position = 0
        while position + 1 < bytes.count {
            guard bytes[position] == UInt8(ascii: "$"), bytes[position + 1] == UInt8(ascii: "{") else {
                position += 1
                continue
            }
            if position > start, bytes[position - 1] == UInt8(ascii: "$") {
                literal += text.string(start..<(position - 1)) + "${"
                position += 2
                start = position
                continue
            }
            literal += text.string(start..<position)
            if !literal.isEmpty { segments.append(.literal(literal)) }
            literal = ""
            let (term, end) = try ExpressionParser.parseInterpolation(text, from: position + 2)
            let expression = Expression(
                term: term, place: Place(location: text.location(at: position + 2), path: place.path))
            segments.append(.expression(expression, text.string((position + 2)..<end)))
            position = end + 1
            start = position
        }
        literal += text.string(start..<bytes.count)
        if !literal.isEmpty { segments.append(.literal(literal)) }
        self.init(segments, place: place)
    }
}
