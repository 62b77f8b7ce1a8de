import Diagnostics
import Documents

/// A compiled piece of a template.
///
/// The larger pieces are immutable objects: taking one out of its case costs one reference count.
indirect enum Part: Sendable {
    /// A subtree in which nothing is to be done; rendering shares it as it is.
    case constant(Node)
    case text(TextPattern)
    case sequence([Part], SourceLocation)
    case mapping(MappingPart)
    case operation(OperationPart)

    var isConstant: Bool {
        if case .constant = self { true } else { false }
    }
}

/// An operator at its place.
final class OperationPart: Sendable {
    let operation: Operation
    let place: Place

    init(_ operation: Operation, at place: Place) {
        self.operation = operation
        self.place = place
    }
}

/// A string with interpolations.
final class TextPattern: Sendable {
    enum Segment: Sendable {
        case literal(String)
        /// The expression and its source, which messages quote.
        case expression(Expression, String)
    }

    let segments: [Segment]
    let place: Place

    init(_ segments: [Segment], place: Place) {
        self.segments = segments
        self.place = place
    }
}

/// A mapping without an operator.
final class MappingPart: Sendable {
    enum Key: Sendable {
        case literal(String)
        case text(TextPattern)
    }

    struct Entry: Sendable {
        let key: Key
        let location: SourceLocation
        let value: Part
    }

    let entries: [Entry]
    /// Whether no two keys can come out equal and none is to be rendered.
    let keysAreFixed: Bool
    let location: SourceLocation

    init(_ entries: [Entry], keysAreFixed: Bool, at location: SourceLocation) {
        self.entries = entries
        self.keysAreFixed = keysAreFixed
        self.location = location
    }
}

/// An operator with its compiled operands.
enum Operation: Sendable {
    /// `names` bound by `each(…)`, in order.
    struct Each<Body: Sendable>: Sendable {
        let names: [String]
        let body: Body
    }

    struct Branch: Sendable {
        let condition: Expression
        let value: Part
    }

    case eval(Expression)
    case flatten(Part)
    case flattenDeep(Part)
    case fromNow(Part, from: Part?)
    case condition(Expression, then: Part?, else: Part?)
    case json(Part)
    case bind(Part, in: Part)
    case map(Part, Each<Part>)
    case match([Branch])
    case choose([Branch], default: Part?)
    case merge(Part)
    case mergeDeep(Part)
    case sort(Part, by: Each<Expression>?)
    case reverse(Part)
    case reduce(Part, Each<Part>, initial: Part)
    case find(Part, Each<Expression>)
}
