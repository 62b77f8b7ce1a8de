import Diagnostics
import Documents

/// Reads the expression language by recursive descent, with the grammar, the precedences and the
/// messages of the reference implementation (github.com/json-e/json-e, `js/src/parser.js`).
///
/// One thing is wider: `!a.b` and `-f(x)` mean `!(a.b)` and `-(f(x))`. The reference binds the sign
/// first, which makes every such expression an error.
struct ExpressionParser {
    /// Brackets, parentheses and signs inside each other.
    static let maximumDepth = 50

    private let text: TemplateText
    private var tokenizer: Tokenizer
    private var current: Token?
    private var depth = 0

    private init(_ text: TemplateText, from start: Int) throws(Diagnostic) {
        self.text = text
        tokenizer = Tokenizer(text, from: start)
        current = try tokenizer.next()
    }

    /// The whole text as one expression.
    ///
    /// - Throws: ``Diagnostic`` with the place of the first token that does not fit.
    static func parse(_ text: TemplateText) throws(Diagnostic) -> Term {
        var parser = try ExpressionParser(text, from: 0)
        let term = try parser.expression()
        if let rest = parser.current { throw parser.unexpected(rest, expected: continuations) }
        return term
    }

    /// The expression of an interpolation that begins at `start`, behind `${`.
    ///
    /// - Returns: the expression and the position of the closing brace.
    static func parseInterpolation(
        _ text: TemplateText, from start: Int
    ) throws(Diagnostic) -> (term: Term, end: Int) {
        var parser = try ExpressionParser(text, from: start)
        let unterminated = Diagnostic(
            .error, .templateSyntax, "unterminated ${..} expression", at: text.location(at: max(start - 2, 0)),
            fix: "close it with `}`, or write `$${` for the characters `${`")
        guard parser.current != nil else { throw unterminated }
        let term = try parser.expression()
        guard let end = parser.current else { throw unterminated }
        guard end.kind == .fixed(.closeBrace) else { throw parser.unexpected(end, expected: continuations) }
        return (term, end.range.lowerBound)
    }

    // MARK: Levels of precedence

    private mutating func expression() throws(Diagnostic) -> Term {
        try checkDepth(depth)
        depth += 1
        defer { depth -= 1 }
        return try disjunction()
    }

    private func checkDepth(_ depth: Int) throws(Diagnostic) {
        guard depth < Self.maximumDepth else {
            throw Diagnostic(
                .error, .templateLimit, "the expression is nested more than \(Self.maximumDepth) levels deep",
                at: current?.location ?? text.location(at: text.bytes.count),
                why: "every bracket, parenthesis and sign is a level",
                fix: "compute a part of it with `$let` and use its name")
        }
    }

    private mutating func disjunction() throws(Diagnostic) -> Term {
        let first = try conjunction()
        guard at(.or) else { return first }
        var terms = [first]
        while at(.or) {
            try advance()
            terms.append(try conjunction())
        }
        return .or(terms)
    }

    private mutating func conjunction() throws(Diagnostic) -> Term {
        let first = try chain(from: 0)
        guard at(.and) else { return first }
        var terms = [first]
        while at(.and) {
            try advance()
            terms.append(try chain(from: 0))
        }
        return .and(terms)
    }

    /// From the loosest to the tightest: `in`, equality, order, sums, products.
    private static let levels: [[BinaryOperator]] = [
        [.isIn], [.equal, .notEqual], [.less, .greater, .lessOrEqual, .greaterOrEqual], [.plus, .minus],
        [.times, .divide],
    ]

    /// Operators of `loosest` and tighter levels. The tightest are gathered first, so that an operand in
    /// parentheses costs one call for all the levels.
    private mutating func chain(from loosest: Int) throws(Diagnostic) -> Term {
        var term = try power()
        for level in (loosest..<Self.levels.count).reversed() {
            var links: [Term.Link] = []
            while let token = current, case .fixed(let word) = token.kind,
                let operation = BinaryOperator(rawValue: word.rawValue), Self.levels[level].contains(operation)
            {
                try advance()
                let operand = try level + 1 < Self.levels.count ? chain(from: level + 1) : power()
                links.append(Term.Link(operation: operation, location: token.location, operand: operand))
            }
            if !links.isEmpty { term = .chain(term, links) }
        }
        return term
    }

    private mutating func power() throws(Diagnostic) -> Term {
        let first = try signed()
        guard at(.power) else { return first }
        var terms = [first]
        var locations: [SourceLocation] = []
        while let token = current, token.kind == .fixed(.power) {
            try advance()
            locations.append(token.location)
            terms.append(try signed())
        }
        return .power(terms, locations)
    }

    private mutating func signed() throws(Diagnostic) -> Term {
        var operations: [Term.UnaryOperation] = []
        while let token = current, case .fixed(let word) = token.kind,
            let kind = Term.UnaryOperation.Kind(rawValue: word.rawValue)
        {
            try checkDepth(depth + operations.count)
            try advance()
            operations.append(Term.UnaryOperation(kind: kind, location: token.location))
        }
        let operand = try accessed()
        return operations.isEmpty ? operand : .unary(operations, operand)
    }

    // MARK: Values and what follows them

    private mutating func accessed() throws(Diagnostic) -> Term {
        let value = try unit()
        var accesses: [Term.Access] = []
        while let token = current {
            switch token.kind {
            case .fixed(.dot):
                try advance()
                guard let name = current else { throw endOfInput() }
                guard name.kind == .identifier else { throw unexpected(name, expected: ["identifier"]) }
                try advance()
                accesses.append(.property(text.string(name.range), name.location))
            case .fixed(.openBracket):
                accesses.append(try brackets())
            case .fixed(.openParenthesis):
                try advance()
                accesses.append(.call(try terms(until: .closeParenthesis), token.location))
            default:
                return accesses.isEmpty ? value : .access(value, accesses)
            }
        }
        return accesses.isEmpty ? value : .access(value, accesses)
    }

    private mutating func unit() throws(Diagnostic) -> Term {
        guard let token = current else { throw endOfInput() }
        switch token.kind {
        case .number:
            try advance()
            return .literal(number(token))
        case .string:
            try advance()
            return .literal(.string(quoted(token)))
        case .identifier:
            try advance()
            return .name(text.string(token.range), token.location)
        case .fixed(.isTrue):
            try advance()
            return .literal(.bool(true))
        case .fixed(.isFalse):
            try advance()
            return .literal(.bool(false))
        case .fixed(.null):
            try advance()
            return .literal(.null)
        case .fixed(.openParenthesis):
            try advance()
            let term = try expression()
            try take(.closeParenthesis)
            return term
        case .fixed(.openBracket):
            try advance()
            return .list(try terms(until: .closeBracket), token.location)
        case .fixed(.openBrace):
            try advance()
            return .object(try properties(), token.location)
        default:
            throw unexpected(token, expected: Self.beginnings)
        }
    }

    private func number(_ token: Token) -> Node {
        let digits = text.string(token.range)
        return Int(digits).map { .integer($0) } ?? .number(Double(digits) ?? .infinity)
    }

    private func quoted(_ token: Token) -> String {
        text.string((token.range.lowerBound + 1)..<(token.range.upperBound - 1))
    }

    /// `[index]`, `[from:to]`, `[from:]`, `[:to]` and `[:]`.
    private mutating func brackets() throws(Diagnostic) -> Term.Access {
        guard let open = current else { throw endOfInput() }
        try advance()
        var from: Term?
        if !at(.colon) { from = try expression() }
        guard at(.colon) else {
            try take(.closeBracket)
            return from.map { .index($0, open.location) } ?? .slice(from: nil, to: nil, open.location)
        }
        try advance()
        var to: Term?
        if !at(.closeBracket) { to = try expression() }
        try take(.closeBracket)
        return .slice(from: from, to: to, open.location)
    }

    /// Terms between commas, and the bracket that closes them.
    private mutating func terms(until close: Token.StaticWord) throws(Diagnostic) -> [Term] {
        var terms: [Term] = []
        if !at(close) {
            terms.append(try expression())
            while at(.comma) {
                try advance()
                terms.append(try expression())
            }
        }
        try take(close)
        return terms
    }

    private mutating func properties() throws(Diagnostic) -> [Term.Property] {
        var properties: [Term.Property] = []
        while let token = current, token.kind == .string || token.kind == .identifier {
            try advance()
            try take(.colon)
            let key = token.kind == .string ? quoted(token) : text.string(token.range)
            properties.append(Term.Property(key: key, location: token.location, value: try expression()))
            if at(.closeBrace) { break }
            try take(.comma)
        }
        try take(.closeBrace)
        return properties
    }

    // MARK: Tokens

    private func at(_ word: Token.StaticWord) -> Bool { current?.kind == .fixed(word) }

    private mutating func advance() throws(Diagnostic) {
        current = try tokenizer.next()
    }

    private mutating func take(_ word: Token.StaticWord) throws(Diagnostic) {
        guard let token = current else { throw endOfInput() }
        guard token.kind == .fixed(word) else { throw unexpected(token, expected: [word.rawValue]) }
        try advance()
    }

    /// What may begin a value.
    private static let beginnings = [
        "!", "(", "+", "-", "[", "false", "identifier", "null", "number", "string", "true", "{",
    ]
    /// What may follow one.
    private static let continuations = [
        "!=", "&&", "(", "*", "**", "+", "-", ".", "/", "<", "<=", "==", ">", ">=", "[", "in", "||",
    ]

    private func unexpected(_ token: Token, expected: [String]) -> Diagnostic {
        Diagnostic(
            .error, .templateSyntax,
            "Found: \(text.string(token.range)) token, expected one of: \(expected.joined(separator: ", "))",
            at: token.location, fix: Self.fix(for: text.string(token.range)))
    }

    /// The operators of other languages, where they are sure to be meant.
    private static func fix(for word: String) -> String? {
        switch word {
        case "and": "write `&&`"
        case "or": "write `||`"
        case "if", "else": "choose with `{$if: condition, then: value, else: value}`"
        default: nil
        }
    }

    private func endOfInput() -> Diagnostic {
        Diagnostic(
            .error, .templateSyntax, "Unexpected end of input", at: text.location(at: text.bytes.count),
            why: "a value or a closing bracket is missing", fix: "complete the expression")
    }
}
