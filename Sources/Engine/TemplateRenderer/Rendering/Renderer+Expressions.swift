import Diagnostics
import Documents

/// Evaluates expressions.
///
/// A computed value has the location of the first value in it that has a known one; values made of
/// literals alone have none, and the caller gives them the expression's.
extension Renderer {
    mutating func evaluate(_ term: Term, in scope: Scope?) throws(Diagnostic) -> Value {
        switch term {
        case .literal(let node):
            return .node(node)
        case .name(let name, let location):
            return try self.value(named: name, at: location, in: scope)
        case .access(let base, let accesses):
            var value = try evaluate(base, in: scope)
            for access in accesses { value = try self.access(access, of: value, in: scope) }
            return value
        case .chain(let first, let links):
            var value = try evaluate(first, in: scope)
            for link in links {
                value = try link.operation.apply(value, try evaluate(link.operand, in: scope), at: link.location)
            }
            return value
        case .power(let terms, let locations):
            return try power(terms, locations, in: scope)
        case .unary(let operations, let operand):
            var value = try evaluate(operand, in: scope)
            for operation in operations.reversed() { value = try operation.apply(to: value) }
            return value
        case .and(let terms): return try connect(terms, until: false, in: scope)
        case .or(let terms): return try connect(terms, until: true, in: scope)
        case .list(let terms, let location):
            var items: [Value] = []
            for term in terms { items.append(try evaluate(term, in: scope)) }
            let origin = items.firstKnownLocation
            return Value.sequence(of: items.map { $0.located(at: location) }, at: origin)
        case .object(let properties, _):
            var entries: [Value.Entry] = []
            var origin = SourceLocation.unknown
            for property in properties {
                let value = try evaluate(property.value, in: scope)
                if !origin.isKnown { origin = value.location }
                entries.append(
                    Value.Entry(
                        key: property.key, keyLocation: property.location,
                        value: value.located(at: property.location)))
            }
            return Value.mapping(of: entries, at: origin)
        }
    }

    /// `&&` and `||`: stops at the first operand that decides.
    private mutating func connect(_ terms: [Term], until decisive: Bool, in scope: Scope?) throws(Diagnostic) -> Value {
        var origin = SourceLocation.unknown
        for term in terms {
            let value = try evaluate(term, in: scope)
            if !origin.isKnown { origin = value.location }
            if value.isTruthy == decisive { return .node(.bool(decisive, at: origin)) }
        }
        return .node(.bool(!decisive, at: origin))
    }

    private mutating func power(
        _ terms: [Term], _ locations: [SourceLocation], in scope: Scope?
    ) throws(Diagnostic) -> Value {
        var operands: [Value] = []
        for term in terms { operands.append(try evaluate(term, in: scope)) }
        guard var result = operands.popLast() else { return .node(.null) }
        for (base, location) in zip(operands.reversed(), locations.reversed()) {
            guard let left = base.node?.number, let right = result.node?.number else {
                throw BinaryOperator.mismatch("infix: **", "number ** number", base, result, at: location)
            }
            result = .node(Node(.number(left.raised(to: right)), at: [base, result].firstKnownLocation))
        }
        return result
    }

    // MARK: Names

    private mutating func value(
        named name: String, at location: SourceLocation, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        if let value = scope?.value(name) { return value }
        if let node = context.values[name] { return .node(node) }
        if let function = context.function(name) { return .function(function, .unknown) }
        if name == "now" { return .node(.string(currentTime())) }
        let near = NearestName.find(name, among: (scope?.names ?? []) + context.names)
        throw Diagnostic(
            .error, .templateUndefinedName, "unknown context value \(name)", at: location,
            why: "neither the context nor a `$let` around it defines the name",
            fix: near.map { "did you mean `\($0)`?" })
    }

    func isDefined(_ name: String, in scope: Scope?) -> Bool {
        scope?.value(name) != nil || context.values.position(of: name) != nil || context.function(name) != nil
            || name == "now"
    }

    /// The time `span` after `reference`, or after what `now` means in the scope.
    mutating func time(_ span: String, from reference: Value?, in scope: Scope?) throws(Diagnostic) -> String {
        var reference = reference
        if reference == nil { reference = try value(named: "now", at: .unknown, in: scope) }
        guard let text = reference?.node?.string, let start = Timestamp(text) else {
            throw Diagnostic(
                .error, .templateEvaluation, "the time to count from is no RFC 3339 time",
                fix: "write it as in `2017-01-19T16:27:20.974Z`", notes: reference.map { notes($0, "the value") } ?? [])
        }
        guard let offset = TimeSpan(span) else {
            throw Diagnostic(
                .error, .templateEvaluation, "String: '\(span)' isn't a time expression",
                fix: "write years, months, weeks, days, hours, minutes and seconds in this order, as in `1 day 3 hours`"
            )
        }
        guard let time = start.advanced(by: offset) else {
            throw Diagnostic(.error, .templateEvaluation, "the time lies outside of the years 0 to 9999")
        }
        return time.text
    }

    // MARK: Access

    private mutating func access(
        _ access: Term.Access, of value: Value, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        switch access {
        case .property(let name, let location):
            return try property(name, of: value, at: location)
        case .index(let term, let location):
            return try item(of: value, at: try evaluate(term, in: scope), location)
        case .slice(let from, let to, let location):
            var lower: Value?
            var upper: Value?
            if let from { lower = try evaluate(from, in: scope) }
            if let to { upper = try evaluate(to, in: scope) }
            return try slice(of: value, from: lower, to: upper, location)
        case .call(let terms, let location):
            guard case .function(let function, _) = value else {
                throw Diagnostic(
                    .error, .templateEvaluation, "\(value.text ?? value.typeName) is not callable", at: location,
                    notes: notes(value, "the value"))
            }
            var arguments: [Value] = []
            arguments.reserveCapacity(terms.count)
            for term in terms { arguments.append(try evaluate(term, in: scope)) }
            return try call(function, FunctionCall(arguments: arguments, location: location), in: scope)
        }
    }

    private func property(_ name: String, of value: Value, at location: SourceLocation) throws(Diagnostic) -> Value {
        if case .node(let node) = value, case .mapping(let mapping) = node.content, let found = mapping[name] {
            return .node(found)
        }
        guard let entries = value.entries else {
            throw Diagnostic(
                .error, .templateEvaluation, "infix: . expects objects", at: location,
                notes: notes(value, "the value before `.\(name)`"))
        }
        if let found = entries.first(where: { $0.key == name }) { return found.value }
        throw Diagnostic(
            .error, .templateEvaluation, "object has no property \"\(name)\"", at: location,
            fix: NearestName.find(name, among: entries.map(\.key)).map { "did you mean `\($0)`?" }
                ?? "write `[\"\(name)\"]` to get null when it is missing",
            notes: notes(value, "the value before `.\(name)`"))
    }

    private func item(
        of value: Value, at index: Value, _ location: SourceLocation
    ) throws(Diagnostic) -> Value {
        if let entries = value.entries {
            guard let key = index.node?.string else { throw wrongIndex("object keys must be strings", index, location) }
            if case .node(let node) = value { return .node(node[key] ?? Node(.null, at: node.location)) }
            return entries.first { $0.key == key }?.value ?? .node(Node(.null, at: value.location))
        }
        let items: Value.Items
        if let found = value.indexed { items = found } else { throw notIndexable(value, location) }
        guard let position = index.node?.integer else {
            throw wrongIndex("should only use integers to access arrays or strings", index, location)
        }
        guard let item = items[position < 0 ? position + items.count : position] else {
            throw Diagnostic(
                .error, .templateEvaluation, "index out of bounds", at: location,
                why: "\(position) of \(items.count)", notes: notes(value, "the value before `[`"))
        }
        return item
    }

    /// Bounds beyond the ends mean the ends, negative ones count from the end.
    private func slice(
        of value: Value, from: Value?, to: Value?, _ location: SourceLocation
    ) throws(Diagnostic) -> Value {
        let nonInteger = "cannot perform interval access with non-integers"
        if value.entries != nil { throw wrongIndex("object keys must be strings", from ?? value, location) }
        guard let items = value.indexed else { throw notIndexable(value, location) }
        var bounds = [0, items.count]
        for (position, bound) in [from, to].enumerated() {
            guard let bound else { continue }
            guard let number = bound.node?.integer else { throw wrongIndex(nonInteger, bound, location) }
            bounds[position] = min(max(number < 0 ? number + items.count : number, 0), items.count)
        }
        return items.slice(min(bounds[0], bounds[1])..<bounds[1])
    }

    private func wrongIndex(_ what: String, _ index: Value, _ location: SourceLocation) -> Diagnostic {
        Diagnostic(.error, .templateEvaluation, what, at: location, notes: notes(index, "what stands in the brackets"))
    }

    private func notIndexable(_ value: Value, _ location: SourceLocation) -> Diagnostic {
        Diagnostic(
            .error, .templateEvaluation, "infix: \"[..]\" expects object, array, or string", at: location,
            notes: notes(value, "the value before `[`"))
    }
}

extension Sequence<Value> {
    /// The location of the first value that has a known one.
    var firstKnownLocation: SourceLocation {
        for value in self where value.location.isKnown { return value.location }
        return .unknown
    }
}
