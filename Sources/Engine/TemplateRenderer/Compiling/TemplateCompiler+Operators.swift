import Diagnostics
import Documents

extension TemplateCompiler {
    /// Compiles an operator's operands. What is reported here makes the template unusable, so the
    /// operand itself stands in for the part.
    mutating func operation(_ name: OperatorName, _ entries: OperatorEntries) -> Part {
        let unusable = Part.constant(entries.operand)
        if !entries.undefined.isEmpty {
            report(undefinedProperties(name, entries))
            return unusable
        }
        guard let operation = compiled(name, entries) else { return unusable }
        return .operation(OperationPart(operation, at: entries.place))
    }

    private mutating func compiled(_ name: OperatorName, _ entries: OperatorEntries) -> Operation? {
        let operand = entries.operand
        switch name {
        case .eval: return expression(entries, "$eval must be given a string expression").map(Operation.eval)
        case .flatten: return .flatten(compile(operand))
        case .flattenDeep: return .flattenDeep(compile(operand))
        case .json: return .json(compile(operand))
        case .merge: return .merge(compile(operand))
        case .mergeDeep: return .mergeDeep(compile(operand))
        case .reverse: return .reverse(compile(operand))
        case .fromNow:
            let from = entries["from"].map { compile($0) }
            return .fromNow(compile(operand), from: from)
        case .condition:
            let condition = expression(entries, "$if can evaluate string expressions only")
            let then = entries["then"].map { compile($0) }
            let otherwise = entries["else"].map { compile($0) }
            return condition.map { .condition($0, then: then, else: otherwise) }
        case .bind: return bind(entries)
        case .match:
            guard let mapping = operand.mapping else { return refuse(entries, "$match can evaluate objects only") }
            return .match(branches(mapping.entries))
        case .choose:
            guard let mapping = operand.mapping else { return refuse(entries, "$switch can evaluate objects only") }
            let fallback = mapping["$default"].map { compile($0) }
            return .choose(branches(mapping.entries.filter { $0.key != "$default" }), default: fallback)
        case .map:
            guard let each = entries.binding else { return refuse(entries, "$map must have exactly two properties") }
            let items = compile(operand)
            return .map(items, Operation.Each(names: each.names, body: compile(each.value)))
        case .reduce:
            guard let each = entries.binding, let initial = entries["initial"] else {
                return refuse(entries, "$reduce must have exactly three properties")
            }
            let items = compile(operand)
            let first = compile(initial)
            return .reduce(items, Operation.Each(names: each.names, body: compile(each.value)), initial: first)
        case .find:
            guard entries.binding != nil else { return refuse(entries, "$find must have exactly two properties") }
            let items = compile(operand)
            return bound(entries, "each").map { .find(items, $0) }
        case .sort:
            let items = compile(operand)
            guard entries.binding != nil else { return .sort(items, by: nil) }
            return bound(entries, "by").map { .sort(items, by: $0) }
        }
    }

    private mutating func bind(_ entries: OperatorEntries) -> Operation? {
        guard entries.operand.mapping != nil else { return refuse(entries, "$let value must be an object") }
        guard let body = entries["in"] else { return refuse(entries, "$let operator requires an `in` clause") }
        let values = compile(entries.operand)
        return .bind(values, in: compile(body))
    }

    /// The branches in the order of their conditions' characters, as the language wants.
    private mutating func branches(_ entries: [Mapping.Entry]) -> [Operation.Branch] {
        var branches: [Operation.Branch] = []
        for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let value = compile(entry.value)
            if let condition = expression(entry.key, at: entry.keyLocation) {
                branches.append(Operation.Branch(condition: condition, value: value))
            }
        }
        return branches
    }

    private mutating func expression(_ entries: OperatorEntries, _ message: String) -> Expression? {
        guard let text = entries.operand.string else { return refuse(entries, message) }
        return expression(text, at: entries.operand.location)
    }

    /// The expression of `each(…)` or `by(…)` and the names that it may use.
    private mutating func bound(_ entries: OperatorEntries, _ word: String) -> Operation.Each<Expression>? {
        guard let binding = entries.binding else { return nil }
        guard let text = binding.value.string else {
            return refuse(entries, "\(word) can evaluate string expressions only")
        }
        return expression(text, at: binding.value.location).map { Operation.Each(names: binding.names, body: $0) }
    }

    private mutating func refuse<Result>(_ entries: OperatorEntries, _ message: String) -> Result? {
        report(entries.place.error(.templateOperator, message))
        return nil
    }

    private func undefinedProperties(_ name: OperatorName, _ entries: OperatorEntries) -> Diagnostic {
        let keys = entries.undefined.map(\.key)
        var allowed = name.properties
        if let binding = name.binding {
            let names = ["x", "y", "z"].prefix(binding.counts.upperBound).joined(separator: ", ")
            allowed.append("\(binding.word)(\(names))")
        }
        let near =
            NearestName.find(keys[0], among: allowed) ?? NearestName.find("\(keys[0].dropFirst())", among: allowed)
        var problem = entries.place.error(
            .templateOperator, "\(name.rawValue) has undefined properties: \(keys.joined(separator: " "))",
            why: allowed.isEmpty
                ? "it stands alone in its mapping"
                : "beside it may stand \(allowed.map { "`\($0)`" }.joined(separator: " and "))",
            fix: near.map { "did you mean `\($0)`?" })
        if let location = entries.undefined.first?.keyLocation, location.isKnown { problem.location = location }
        return problem
    }
}
