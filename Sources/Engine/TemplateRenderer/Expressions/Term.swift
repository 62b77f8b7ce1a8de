import Diagnostics
import Documents

/// An expression, parsed once: what stands in `${…}`, `$eval`, a condition or a `by(…)`.
///
/// Operators that associate are kept as flat lists, so that a sum of ten thousand terms is one node
/// and neither evaluating nor freeing it recurses.
indirect enum Term: Sendable {
    /// Locations of literals are unknown, so that a computed value takes its place from the context
    /// values in it.
    case literal(Node)
    case name(String, SourceLocation)
    /// Signs and `!`, the innermost last.
    case unary([UnaryOperation], Term)
    /// Operators of one level of precedence, from left to right.
    case chain(Term, [Link])
    /// `a ** b ** c`, which associates from the right; the second list has the operators' places.
    case power([Term], [SourceLocation])
    case and([Term])
    case or([Term])
    /// A value followed by `.name`, `[…]` and `(…)`.
    case access(Term, [Access])
    case list([Term], SourceLocation)
    case object([Property], SourceLocation)

    struct UnaryOperation: Sendable {
        enum Kind: String, Sendable {
            case not = "!"
            case minus = "-"
            case plus = "+"
        }

        let kind: Kind
        let location: SourceLocation
    }

    struct Link: Sendable {
        let operation: BinaryOperator
        let location: SourceLocation
        let operand: Term
    }

    enum Access: Sendable {
        case property(String, SourceLocation)
        case index(Term, SourceLocation)
        case slice(from: Term?, to: Term?, SourceLocation)
        case call([Term], SourceLocation)
    }

    struct Property: Sendable {
        let key: String
        let location: SourceLocation
        let value: Term
    }
}

enum BinaryOperator: String, Sendable {
    case isIn = "in"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
}

/// A parsed expression and the place of the template that it came from.
final class Expression: Sendable {
    let term: Term
    let place: Place

    init(term: Term, place: Place) {
        self.term = term
        self.place = place
    }
}
