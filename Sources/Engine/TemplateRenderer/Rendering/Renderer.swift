import Diagnostics
import Documents

/// One rendering: evaluates compiled parts.
///
/// Nil stands for a part that comes to nothing, which its list or mapping then leaves out.
struct Renderer {
    let context: Context
    private var now: String?
    private var iterations = 0

    init(_ context: Context, now: String?) {
        self.context = context
        self.now = now
    }

    mutating func render(_ part: Part, in scope: Scope?) throws(Diagnostic) -> Value? {
        switch part {
        case .constant(let node): return .node(node)
        case .text(let pattern): return .node(try text(pattern, in: scope))
        case .sequence(let parts, let location): return try sequence(parts, at: location, in: scope)
        case .mapping(let mapping): return try self.mapping(mapping, in: scope)
        case .operation(let part): return try perform(part.operation, at: part.place, in: scope)
        }
    }

    private mutating func sequence(
        _ parts: [Part], at location: SourceLocation, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        var items = SequenceBuilder()
        items.reserve(parts.count)
        for part in parts {
            if let value = try render(part, in: scope) { items.append(value) }
        }
        return items.value(at: location)
    }

    private mutating func mapping(_ part: MappingPart, in scope: Scope?) throws(Diagnostic) -> Value {
        guard part.keysAreFixed else { return try mappingOfAnyKeys(part, in: scope) }
        var entries: [Mapping.Entry] = []
        entries.reserveCapacity(part.entries.count)
        for entry in part.entries {
            guard let value = try render(entry.value, in: scope) else { continue }
            guard case .node(let node) = value, case .literal(let key) = entry.key else {
                return try mappingOfAnyKeys(part, in: scope)
            }
            entries.append(Mapping.Entry(key, at: entry.location, node))
        }
        return .node(Node(.mapping(Mapping(uniqueEntries: entries)), at: part.location))
    }

    private mutating func mappingOfAnyKeys(_ part: MappingPart, in scope: Scope?) throws(Diagnostic) -> Value {
        var entries = MappingBuilder()
        for entry in part.entries {
            guard let value = try render(entry.value, in: scope) else { continue }
            let key: String
            switch entry.key {
            case .literal(let text): key = text
            case .text(let pattern): key = try text(pattern, in: scope).string ?? ""
            }
            entries.set(key, at: entry.location, value)
        }
        return entries.value(at: part.location)
    }

    /// The text with its interpolations, at the first context value's location.
    private mutating func text(_ pattern: TextPattern, in scope: Scope?) throws(Diagnostic) -> Node {
        var result = ""
        var location = SourceLocation.unknown
        for segment in pattern.segments {
            switch segment {
            case .literal(let text): result += text
            case .expression(let expression, let source):
                let value: Value
                do {
                    value = try evaluate(expression.term, in: scope)
                } catch {
                    throw expression.place.completed(error)
                }
                guard let text = value.text else {
                    throw expression.place.error(
                        .templateOperator, "interpolation of '\(source)' produced an array or object",
                        why: "a text can hold strings, numbers, booleans and null",
                        fix: "use `$eval` for the value itself, `$json` for its JSON, or `join` for a list",
                        notes: notes(value, "the value"))
                }
                result += text
                if !location.isKnown { location = value.location }
            }
            guard result.utf8.count <= RenderLimits.textBytes else {
                throw pattern.place.completed(Self.tooLongText())
            }
        }
        return Node(.string(result), at: location.isKnown ? location : pattern.place.location)
    }

    /// The expression's value, with a location.
    mutating func value(of expression: Expression, in scope: Scope?) throws(Diagnostic) -> Value {
        do {
            return try evaluate(expression.term, in: scope).located(at: expression.place.location)
        } catch {
            throw expression.place.completed(error)
        }
    }

    /// The time of this rendering, read from the clock at most once.
    mutating func currentTime() -> String {
        if let now { return now }
        let text = Timestamp.now().text
        now = text
        return text
    }

    /// Counts one pass of a loop.
    mutating func countIteration(at place: Place) throws(Diagnostic) {
        iterations += 1
        guard iterations <= RenderLimits.iterations else {
            throw place.error(
                .templateLimit, "the template's loops visit more than \(RenderLimits.iterations) items",
                fix: "loop over fewer items, or not inside another loop")
        }
    }

    static func tooLongText() -> Diagnostic {
        Diagnostic(.error, .templateLimit, "a text grew beyond \(RenderLimits.textBytes >> 20) MiB")
    }

    /// A note that points at a value, when it is known where it is from.
    func notes(_ value: Value, _ subject: String) -> [Diagnostic.Note] {
        value.location.isKnown ? [Diagnostic.Note("\(subject) is \(value.kind)", at: value.location)] : []
    }
}
