import Diagnostics
import Documents

/// The operators, as json-e.js.org/operators.html describes them.
extension Renderer {
    mutating func perform(
        _ operation: Operation, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value? {
        switch operation {
        case .eval(let expression):
            return try value(of: expression, in: scope)
        case .condition(let condition, let then, let otherwise):
            guard let branch = try value(of: condition, in: scope).isTruthy ? then : otherwise else { return nil }
            return try render(branch, in: scope)
        case .bind(let values, let body):
            return try render(body, in: try bind(values, at: place, in: scope))
        case .flatten(let part):
            return try flatten(part, "$flatten", deep: false, at: place, in: scope)
        case .flattenDeep(let part):
            return try flatten(part, "$flattenDeep", deep: true, at: place, in: scope)
        case .json(let part):
            return try json(part, at: place, in: scope)
        case .fromNow(let part, let from):
            return try fromNow(part, from: from, at: place, in: scope)
        case .match(let branches):
            var results = SequenceBuilder()
            for branch in branches where try value(of: branch.condition, in: scope).isTruthy {
                if let value = try render(branch.value, in: scope) { results.append(value) }
            }
            return results.value(at: place.location)
        case .choose(let branches, let fallback):
            return try choose(branches, fallback, at: place, in: scope)
        case .merge(let part):
            var result = MappingBuilder()
            for object in try objects(part, "$merge", at: place, in: scope) { _ = result.set(entriesOf: object) }
            return result.value(at: place.location)
        case .mergeDeep(let part):
            return try mergeDeep(part, at: place, in: scope)
        case .reverse(let part):
            guard let value = try render(part, in: scope), let items = value.items else {
                throw place.error(.templateOperator, "$reverse value must evaluate to an array of objects")
            }
            return Value.sequence(of: items.reversed(), at: place.location)
        case .sort(let part, let by):
            return try sort(part, by: by, at: place, in: scope)
        case .map(let part, let each):
            return try map(part, each, at: place, in: scope)
        case .reduce(let part, let each, let initial):
            return try reduce(part, each, initial: initial, at: place, in: scope)
        case .find(let part, let each):
            return try find(part, each, at: place, in: scope)
        }
    }

    private mutating func bind(_ values: Part, at place: Place, in scope: Scope?) throws(Diagnostic) -> Scope {
        guard let value = try render(values, in: scope) else { return Scope([], over: scope) }
        guard let entries = value.entries else {
            throw place.error(.templateOperator, "$let value must be an object", notes: notes(value, "the value"))
        }
        var variables: [Scope.Variable] = []
        variables.reserveCapacity(entries.count)
        for entry in entries {
            guard Context.isName(entry.key) else {
                var problem = Context.invalidName(entry.key, of: "$let", at: entry.keyLocation)
                problem = Diagnostic(.error, .templateOperator, problem.what, at: problem.location, why: problem.why)
                throw place.completed(problem)
            }
            variables.append(Scope.Variable(name: entry.key, value: entry.value))
        }
        return Scope(variables, over: scope)
    }

    private mutating func choose(
        _ branches: [Operation.Branch], _ fallback: Part?, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value? {
        var chosen: Operation.Branch?
        for branch in branches where try value(of: branch.condition, in: scope).isTruthy {
            if let chosen {
                throw place.error(
                    .templateOperator, "$switch can only have one truthy condition",
                    notes: [chosen, branch].map {
                        Diagnostic.Note("a condition that holds", at: $0.condition.place.location)
                    })
            }
            chosen = branch
        }
        guard let part = chosen?.value ?? fallback else { return nil }
        return try render(part, in: scope)
    }

    private mutating func flatten(
        _ part: Part, _ name: String, deep: Bool, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        let value = try render(part, in: scope)
        guard let items = value?.items else {
            throw place.error(
                .templateOperator, "\(name) value must evaluate to an array",
                notes: value.map { notes($0, "the value") } ?? [])
        }
        var result = SequenceBuilder()
        func append(_ items: [Value], levels: Int) {
            for item in items {
                if levels > 0, let inner = item.items { append(inner, levels: levels - 1) } else { result.append(item) }
            }
        }
        append(items, levels: deep ? .max : 1)
        return result.value(at: place.location)
    }

    private mutating func json(_ part: Part, at place: Place, in scope: Scope?) throws(Diagnostic) -> Value? {
        guard let value = try render(part, in: scope) else { return nil }
        guard let node = value.node else {
            throw place.error(.templateOperator, "evaluated template contained uncalled functions")
        }
        return .node(.string(JSONEmitter.emit(node, JSONEmitter.Options(sortedKeys: true)), at: node.location))
    }

    private mutating func fromNow(
        _ part: Part, from: Part?, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        let value = try render(part, in: scope)
        guard let span = value?.node?.string else {
            throw place.error(
                .templateOperator, "$fromNow expects a string", notes: value.map { notes($0, "the value") } ?? [])
        }
        var reference: Value?
        if let from { reference = try render(from, in: scope) }
        do {
            let text = try time(span, from: reference, in: scope)
            return .node(.string(text, at: value?.location ?? place.location))
        } catch {
            throw place.completed(error)
        }
    }

    // MARK: Loops

    /// The scope of one pass of `each(item)` or `each(item, second)`.
    private mutating func scope(
        _ names: [String], _ item: Value, _ second: @autoclosure () -> Value? = nil, over scope: Scope?, at place: Place
    ) throws(Diagnostic) -> Scope {
        try countIteration(at: place)
        let first = Scope.Variable(name: names[0], value: item)
        guard names.count > 1, let second = second() else { return Scope([first], over: scope) }
        return Scope([first, Scope.Variable(name: names[1], value: second)], over: scope)
    }

    private static func index(_ position: Int, at place: Place) -> Value {
        .node(.integer(position, at: place.location))
    }

    private mutating func map(
        _ part: Part, _ each: Operation.Each<Part>, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        let value = try render(part, in: scope)
        if let entries = value?.entries { return try map(entries, each, at: place, in: scope) }
        guard let items = value?.items else {
            throw place.error(
                .templateOperator, "$map value must evaluate to an array or object",
                notes: value.map { notes($0, "the value") } ?? [])
        }
        var results = SequenceBuilder()
        results.reserve(items.count)
        for (position, item) in items.enumerated() {
            let inner = try self.scope(each.names, item, Self.index(position, at: place), over: scope, at: place)
            if let result = try render(each.body, in: inner) { results.append(result) }
        }
        return results.value(at: place.location)
    }

    /// Over an object, `each(value, key)` or `each(entry)` with `entry.key` and `entry.val`.
    private mutating func map(
        _ entries: [Value.Entry], _ each: Operation.Each<Part>, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        var results = MappingBuilder()
        for entry in entries {
            let key = Value.node(.string(entry.key, at: entry.keyLocation))
            let inner: Scope
            if each.names.count > 1 {
                inner = try self.scope(each.names, entry.value, key, over: scope, at: place)
            } else {
                var pair = MappingBuilder()
                pair.set("key", at: entry.keyLocation, key)
                pair.set("val", at: entry.keyLocation, entry.value)
                inner = try self.scope(each.names, pair.value(at: entry.value.location), over: scope, at: place)
            }
            guard let result = try render(each.body, in: inner) else { continue }
            guard results.set(entriesOf: result) else {
                throw place.error(
                    .templateOperator, "$map on objects expects each(\(each.names[0])) to evaluate to an object",
                    notes: notes(result, "what it evaluates to"))
            }
        }
        return results.value(at: place.location)
    }

    private mutating func reduce(
        _ part: Part, _ each: Operation.Each<Part>, initial: Part, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value? {
        let value = try render(part, in: scope)
        guard let items = value?.items else {
            throw place.error(
                .templateOperator, "$reduce value must evaluate to an array",
                notes: value.map { notes($0, "the value") } ?? [])
        }
        guard var result = try render(initial, in: scope) else { return nil }
        for (position, item) in items.enumerated() {
            try countIteration(at: place)
            var variables = [
                Scope.Variable(name: each.names[0], value: result), Scope.Variable(name: each.names[1], value: item),
            ]
            if each.names.count > 2 {
                variables.append(Scope.Variable(name: each.names[2], value: Self.index(position, at: place)))
            }
            guard let next = try render(each.body, in: Scope(variables, over: scope)) else { continue }
            guard next.isWithinLimits else {
                throw place.error(
                    .templateLimit, "the value that $reduce carries along grew beyond bounds",
                    why: "it may have \(RenderLimits.valueCount) values, \(RenderLimits.valueDepth) levels deep")
            }
            result = next
        }
        return result
    }

    private mutating func find(
        _ part: Part, _ each: Operation.Each<Expression>, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value? {
        let value = try render(part, in: scope)
        guard let items = value?.items else {
            throw place.error(
                .templateOperator, "$find value must evaluate to an array",
                notes: value.map { notes($0, "the value") } ?? [])
        }
        for (position, item) in items.enumerated() {
            let inner = try self.scope(each.names, item, Self.index(position, at: place), over: scope, at: place)
            if try self.value(of: each.body, in: inner).isTruthy { return item }
        }
        return nil
    }

    private mutating func sort(
        _ part: Part, by: Operation.Each<Expression>?, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> Value {
        let unsortable = "$sorted values to be sorted must have the same type"
        let value = try render(part, in: scope)
        guard let items = value?.items else {
            throw place.error(
                .templateOperator, unsortable, why: "the operand is no array",
                notes: value.map { notes($0, "the value") } ?? [])
        }
        var keyed: [(key: Value, position: Int, item: Value)] = []
        keyed.reserveCapacity(items.count)
        for (position, item) in items.enumerated() {
            var key = item
            if let by {
                let inner = try self.scope(by.names, item, over: scope, at: place)
                key = try self.value(of: by.body, in: inner)
            }
            keyed.append((key, position, item))
        }
        let kind = keyed.first?.key.typeName ?? "number"
        guard kind == "number" || kind == "string", keyed.allSatisfy({ $0.key.typeName == kind }) else {
            let odd = keyed.first { $0.key.typeName != kind } ?? keyed[0]
            throw place.error(
                .templateOperator, unsortable, why: "numbers sort with numbers and strings with strings",
                fix: by == nil ? "name what to sort by, as in `by(x): x.name`" : nil,
                notes: notes(keyed[0].key, "the first") + (odd.position > 0 ? notes(odd.key, "another") : []))
        }
        keyed.sort { left, right in
            left.key.precedes(right.key) || !right.key.precedes(left.key) && left.position < right.position
        }
        return Value.sequence(of: keyed.map(\.item), at: place.location)
    }

    // MARK: Merging

    /// The operand's items, all of them objects.
    private mutating func objects(
        _ part: Part, _ name: String, at place: Place, in scope: Scope?
    ) throws(Diagnostic) -> [Value] {
        let value = try render(part, in: scope)
        guard let items = value?.items else {
            throw notObjects(name, at: place, notes: value.map { notes($0, "the value") } ?? [])
        }
        for item in items where item.typeName != "object" {
            throw notObjects(name, at: place, notes: notes(item, "an item"))
        }
        return items
    }

    private func notObjects(_ name: String, at place: Place, notes: [Diagnostic.Note]) -> Diagnostic {
        place.error(.templateOperator, "\(name) value must evaluate to an array of objects", notes: notes)
    }

    private mutating func mergeDeep(_ part: Part, at place: Place, in scope: Scope?) throws(Diagnostic) -> Value {
        let objects = try objects(part, "$mergeDeep", at: place, in: scope)
        return Value.mapping(of: Value.mergedDeep(objects.compactMap(\.entries)), at: place.location)
    }
}
