import Diagnostics

/// A token of the expression language, with its bytes' range in the template's string.
struct Token {
    enum Kind: Equatable {
        case number
        case identifier
        case string
        /// Brackets, operators and the words `true`, `false`, `null` and `in`.
        case fixed(StaticWord)

        /// What error messages call it.
        var name: String {
            switch self {
            case .number: "number"
            case .identifier: "identifier"
            case .string: "string"
            case .fixed(let word): word.rawValue
            }
        }
    }

    /// Tokens that have one spelling.
    enum StaticWord: String {
        case power = "**"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case openBracket = "["
        case closeBracket = "]"
        case dot = "."
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBrace = "{"
        case closeBrace = "}"
        case colon = ":"
        case comma = ","
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case less = "<"
        case greater = ">"
        case equal = "=="
        case notEqual = "!="
        case not = "!"
        case and = "&&"
        case or = "||"
        case isTrue = "true"
        case isFalse = "false"
        case isIn = "in"
        case null = "null"
    }

    let kind: Kind
    let range: Range<Int>
    let location: SourceLocation
}
