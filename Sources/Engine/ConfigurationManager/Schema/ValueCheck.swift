package import Diagnostics
import Documents
import ServiceModel

/// Checks values against the schema and brings them into the one form that later stages read.
///
/// A number where text is wanted becomes that text, digit for digit (`version: 1.10`); a number where
/// a quantity is wanted becomes its text (`cpu: 4`). Nothing else is converted.
struct ValueCheck {
    private(set) var problems = DiagnosticCollector()
    /// The paths of what is wrong, and of what a misspelt key was probably meant to be.
    private(set) var invalid: [NodePath] = []
    private let root: SchemaObject

    init(root: SchemaObject = ServiceSchema.root) {
        self.root = root
    }

    /// The section `node` with every value checked. Nulls pass: they delete what lower layers set.
    mutating func checked(_ node: Node) -> Node {
        checkedObject(node, root, at: NodePath())
    }

    private mutating func checkedObject(_ node: Node, _ object: SchemaObject, at path: NodePath) -> Node {
        guard var mapping = node.mapping else {
            return reportWrongKind(node, .object(object), at: path)
        }
        for (position, entry) in mapping.entries.enumerated() {
            let path = path.appending(entry.key)
            guard let key = object[entry.key] else {
                problems.report(UnknownKey.diagnostic(entry, in: object, at: path))
                invalid.append(UnknownKey.meant(entry, in: object, at: path) ?? path)
                continue
            }
            if entry.value.isNull { continue }
            mapping.setValue(checkedValue(entry.value, key.value, at: path), at: position)
        }
        return .mapping(mapping, at: node.location)
    }

    private mutating func checkedValue(_ node: Node, _ schema: SchemaValue, at path: NodePath) -> Node {
        switch schema {
        case .object(let object):
            return checkedObject(node, object, at: path)
        case .map(let element):
            guard var mapping = node.mapping else { return reportWrongKind(node, schema, at: path) }
            for (position, entry) in mapping.entries.enumerated() where !entry.value.isNull {
                mapping.setValue(checkedValue(entry.value, element, at: path.appending(entry.key)), at: position)
            }
            return .mapping(mapping, at: node.location)
        case .list(let element, let entryKey):
            guard let items = node.sequence else { return reportWrongKind(node, schema, at: path) }
            if case .text(.argument) = element { checkProgram(items, schema, at: path) }
            return .sequence(checkedItems(items, element, entryKey, at: path), at: node.location)
        case .anything:
            checkFinite(node, at: path)
            return node
        default:
            return checkedScalar(node, schema, at: path)
        }
    }

    /// A command begins with the program's name.
    private mutating func checkProgram(_ items: [Node], _ schema: SchemaValue, at path: NodePath) {
        guard let program = items.first, program.string?.isEmpty == true else { return }
        invalid.append(path)
        problems.report(
            Diagnostic(
                .error, .invalidValue, "`\(path)` names no program", at: program.location,
                why: "its first entry is empty", fix: "name the program, as in `\(schema.example)`"))
    }

    private mutating func checkedItems(
        _ items: [Node], _ element: SchemaValue, _ entryKey: String?, at path: NodePath
    ) -> [Node] {
        var names: [String: SourceLocation] = [:]
        var result: [Node] = []
        for (index, item) in items.enumerated() {
            let item = checkedValue(item, element, at: path.appending(index))
            result.append(item)
            guard let entryKey, item.mapping != nil else { continue }
            guard let name = item[entryKey]?.string else {
                invalid.append(path)
                problems.report(
                    Diagnostic(
                        .error, .missingKey, "`\(path)` needs a `\(entryKey)` in every entry", at: item.location,
                        why: "layers merge these entries by it", fix: "add `\(entryKey):`"))
                continue
            }
            if let first = names.updateValue(item.location, forKey: name) {
                invalid.append(path)
                problems.report(
                    Diagnostic(
                        .error, .duplicateEntry, "`\(path)` has two entries named `\(name)`", at: item.location,
                        fix: "keep one of them", notes: [.init("the other one", at: first)]))
            }
        }
        return result
    }

    private mutating func checkedScalar(_ node: Node, _ schema: SchemaValue, at path: NodePath) -> Node {
        switch ScalarRule(schema).check(node) {
        case .accepted(let content):
            return Node(content, at: node.location)
        case .wrongKind:
            return reportWrongKind(node, schema, at: path)
        case .invalid(let why, let fix):
            invalid.append(path)
            problems.report(
                Diagnostic(
                    .error, .invalidValue, "`\(path)` cannot be `\(node.plainText.abridged)`", at: node.location,
                    why: why,
                    fix: fix ?? "write for example `\(example(of: schema, at: path))`"))
            return node
        }
    }

    /// Free values become JSON for the workload, which has no infinities.
    private mutating func checkFinite(_ node: Node, at path: NodePath) {
        switch node.content {
        case .number(let number) where !number.double.isFinite && !number.isInteger:
            problems.report(
                Diagnostic(
                    .error, .invalidValue, "`\(path)` cannot be `\(number.text)`", at: node.location,
                    why: "JSON, in which the workload reads it, has no infinite numbers", fix: "write it in quotes"))
        case .sequence(let items):
            for (index, item) in items.enumerated() { checkFinite(item, at: path.appending(index)) }
        case .mapping(let mapping):
            for entry in mapping.entries { checkFinite(entry.value, at: path.appending(entry.key)) }
        default: break
        }
    }

    private mutating func reportWrongKind(_ node: Node, _ schema: SchemaValue, at path: NodePath) -> Node {
        invalid.append(path)
        let rule = ScalarRule(schema)
        let article = node.isNull ? "" : node.kind == "integer" ? "an " : "a "
        problems.report(
            Diagnostic(
                .error, .wrongKind, "`\(path)` takes \(schema.nameWithArticle), not \(article)\(node.kind)",
                at: node.location, why: rule.hint(for: node),
                fix: rule.fix(for: node) ?? "write for example `\(example(of: schema, at: path))`"))
        return node
    }

    private func example(of schema: SchemaValue, at path: NodePath) -> String {
        root.key(at: path)?.example ?? schema.example
    }
}

extension String {
    /// As much of the text as tells what is meant.
    var abridged: String { count > 64 ? prefix(64) + "…" : self }
}

extension Node {
    /// The value as it is written on one line.
    package var plainText: String {
        switch content {
        case .string(let text): text
        case .number(let number): number.text
        default: JSONEmitter.emit(self)
        }
    }
}

extension Diagnostic.Code {
    package static let wrongKind = Self("config.wrong-kind")
    package static let invalidValue = Self("config.invalid-value")
    package static let missingKey = Self("config.missing-key")
    package static let duplicateEntry = Self("config.duplicate-entry")
}
