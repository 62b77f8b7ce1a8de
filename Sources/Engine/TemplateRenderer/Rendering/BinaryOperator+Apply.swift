import Diagnostics
import Documents

extension BinaryOperator {
    /// The operator's value, at the location of the first operand that has one.
    ///
    /// - Parameter location: where the operator stands.
    /// - Throws: ``Diagnostic`` in the words of the reference implementation.
    func apply(_ left: Value, _ right: Value, at location: SourceLocation) throws(Diagnostic) -> Value {
        let origin = left.location.isKnown ? left.location : right.location
        switch self {
        case .equal: return .node(.bool(left == right, at: origin))
        case .notEqual: return .node(.bool(left != right, at: origin))
        case .isIn: return .node(.bool(try Self.contains(right, left, at: location), at: origin))
        case .less, .greater, .lessOrEqual, .greaterOrEqual:
            guard left.isOrdered(with: right) else {
                throw Self.mismatch(
                    "infix: \(rawValue)", "numbers/strings \(rawValue) numbers/strings", left, right, at: location)
            }
            return .node(.bool(compare(left, right), at: origin))
        case .plus:
            guard case .node(let leftNode) = left, case .node(let rightNode) = right else { break }
            switch (leftNode.content, rightNode.content) {
            case (.number(let left), .number(let right)): return .node(Node(.number(left + right), at: origin))
            case (.string(let left), .string(let right)):
                guard left.utf8.count + right.utf8.count <= RenderLimits.textBytes else {
                    var problem = Renderer.tooLongText()
                    problem.location = location.isKnown ? location : nil
                    throw problem
                }
                return .node(.string(left + right, at: origin))
            default: break
            }
        case .minus, .times, .divide:
            guard let leftNumber = left.node?.number, let rightNumber = right.node?.number else { break }
            guard self != .divide || rightNumber.double != 0 else {
                throw Diagnostic(
                    .error, .templateEvaluation, "division by zero", at: location,
                    notes: Self.notes("the right side", right))
            }
            return .node(Node(.number(calculate(leftNumber, rightNumber)), at: origin))
        }
        let operand = self == .plus ? "numbers/strings" : "number"
        throw Self.mismatch("infix: \(rawValue)", "\(operand) \(rawValue) \(operand)", left, right, at: location)
    }

    private func compare(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .less: left.precedes(right)
        case .greater: right.precedes(left)
        case .lessOrEqual: left.precedes(right) || left == right
        default: right.precedes(left) || left == right
        }
    }

    private func calculate(_ left: Number, _ right: Number) -> Number {
        switch self {
        case .minus: left - right
        case .times: left * right
        default: left / right
        }
    }

    private static func contains(
        _ container: Value, _ value: Value, at location: SourceLocation
    ) throws(Diagnostic) -> Bool {
        if let entries = container.entries {
            guard let key = value.node?.string else {
                throw mismatch("Infix: in-object", "string on left side", value, container, at: location)
            }
            if case .node(let node) = container { return node[key] != nil }
            return entries.contains { $0.key == key }
        }
        if let text = container.node?.string {
            guard let part = value.node?.string else {
                throw mismatch("Infix: in-string", "string on left side", value, container, at: location)
            }
            return text.hasPart(part)
        }
        guard let items = container.items else {
            throw mismatch("Infix: in", "Array, string, or object on right side", value, container, at: location)
        }
        return items.contains(value)
    }

    static func mismatch(
        _ subject: String, _ expectation: String, _ left: Value, _ right: Value, at location: SourceLocation
    ) -> Diagnostic {
        Diagnostic(
            .error, .templateEvaluation, "\(subject) expects \(expectation)", at: location,
            why: "the left side is \(left.kind), the right side \(right.kind)",
            notes: notes("the left side", left) + notes("the right side", right))
    }

    private static func notes(_ side: String, _ value: Value) -> [Diagnostic.Note] {
        value.location.isKnown ? [Diagnostic.Note("\(side) is from here", at: value.location)] : []
    }
}

extension Term.UnaryOperation {
    func apply(to value: Value) throws(Diagnostic) -> Value {
        if kind == .not { return .node(.bool(!value.isTruthy, at: value.location)) }
        guard let number = value.node?.number else {
            throw Diagnostic(
                .error, .templateEvaluation, "unary \(kind.rawValue) expects number", at: location,
                why: "the value is \(value.kind)",
                notes: value.location.isKnown ? [Diagnostic.Note("the value is from here", at: value.location)] : [])
        }
        return kind == .plus ? value : .node(Node(.number(-number), at: value.location))
    }
}

extension Value {
    /// Whether both are numbers or both are strings.
    func isOrdered(with other: Value) -> Bool {
        guard case .node(let left) = self, case .node(let right) = other else { return false }
        return switch (left.content, right.content) {
        case (.number, .number), (.string, .string): true
        default: false
        }
    }

    /// Numbers by value, strings by their Unicode code points; other values have no order.
    func precedes(_ other: Value) -> Bool {
        guard case .node(let left) = self, case .node(let right) = other else { return false }
        return switch (left.content, right.content) {
        case (.number(let left), .number(let right)): left.precedes(right)
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        default: false
        }
    }
}
