import Diagnostics
import Documents

/// Turns a template's tree into parts, gathering all the problems on the way.
struct TemplateCompiler {
    private(set) var problems = DiagnosticCollector()
    private let source: TemplateSource?
    /// The path to the part at hand.
    private var path: [NodePath.Step] = []
    private var depth = 0

    init(source: TemplateSource?) {
        self.source = source
    }

    mutating func compile(_ node: Node) -> Part {
        guard depth < YAMLParser.maximumDepth else {
            report(
                place(node.location).error(
                    .templateLimit, "the template is nested more than \(YAMLParser.maximumDepth) levels deep"))
            return .constant(node)
        }
        depth += 1
        defer { depth -= 1 }
        switch node.content {
        case .null, .bool, .number: return .constant(node)
        case .string(let text): return pattern(text, at: node.location).map(Part.text) ?? .constant(node)
        case .sequence(let items): return sequence(items, of: node)
        case .mapping(let mapping):
            let operators = mapping.entries.filter { OperatorName(rawValue: $0.key) != nil }
            guard let first = operators.first, let name = OperatorName(rawValue: first.key) else {
                return plain(mapping, of: node)
            }
            if let second = operators.dropFirst().first {
                report(
                    place(second.keyLocation).error(
                        .templateOperator, "only one operator allowed",
                        notes: [Diagnostic.Note("the other is `\(first.key)`", at: first.keyLocation)]))
            }
            return operation(name, OperatorEntries(mapping, place: place(node.location), operatorEntry: first))
        }
    }

    private mutating func sequence(_ items: [Node], of node: Node) -> Part {
        var parts: [Part] = []
        parts.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            parts.append(step(.index(index)) { compiler in compiler.compile(item) })
        }
        return parts.allSatisfy(\.isConstant) ? .constant(node) : .sequence(parts, node.location)
    }

    private mutating func plain(_ mapping: Mapping, of node: Node) -> Part {
        var entries: [MappingPart.Entry] = []
        entries.reserveCapacity(mapping.count)
        var isConstant = true
        var keysAreFixed = true
        for entry in mapping.entries {
            let value = step(.key(entry.key)) { compiler in compiler.compile(entry.value) }
            let key = self.key(entry)
            if !value.isConstant { isConstant = false }
            if case .literal(entry.key) = key {
            } else {
                isConstant = false
                keysAreFixed = false
            }
            entries.append(MappingPart.Entry(key: key, location: entry.keyLocation, value: value))
        }
        if isConstant { return .constant(node) }
        return .mapping(MappingPart(entries, keysAreFixed: keysAreFixed, at: node.location))
    }

    private mutating func key(_ entry: Mapping.Entry) -> MappingPart.Key {
        let key = entry.key
        if key.hasPrefix("$$") { return .literal(String(key.dropFirst())) }
        if key.utf8.first == UInt8(ascii: "$"), Self.isWord(key.utf8.dropFirst()) {
            let near = NearestName.find(key, among: OperatorName.allCases.map(\.rawValue))
            report(
                place(entry.keyLocation).error(
                    .templateOperator, "$<identifier> is reserved; use $$<identifier>",
                    why: "`\(key)` is no operator",
                    fix: (near.map { "did you mean `\($0)`? Or " } ?? "") + "write `$\(key)` for the key `\(key)`"))
        }
        return pattern(key, at: entry.keyLocation).map(MappingPart.Key.text) ?? .literal(key)
    }

    // MARK: Strings

    /// The interpolations of `text`, or nil when it has none.
    private mutating func pattern(_ text: String, at location: SourceLocation) -> TextPattern? {
        guard text.utf8.contains(UInt8(ascii: "$")), text.contains("${") else { return nil }
        let place = place(location)
        do {
            return try TextPattern(TemplateText(text, origin: origin(text, at: location)), place: place)
        } catch {
            report(place.completed(error))
            return nil
        }
    }

    /// The expression in `text`, or nil, reported, when it cannot be read.
    mutating func expression(_ text: String, at location: SourceLocation) -> Expression? {
        let place = place(location)
        do {
            let term = try ExpressionParser.parse(TemplateText(text, origin: origin(text, at: location)))
            return Expression(term: term, place: place)
        } catch {
            report(place.completed(error))
            return nil
        }
    }

    private func origin(_ text: String, at location: SourceLocation) -> TextOrigin {
        TextOrigin(text, at: location, in: source)
    }

    // MARK: Places and problems

    mutating func report(_ problem: Diagnostic) {
        problems.report(problem)
    }

    private mutating func step(_ step: NodePath.Step, _ work: (inout TemplateCompiler) -> Part) -> Part {
        path.append(step)
        defer { path.removeLast() }
        return work(&self)
    }

    private func place(_ location: SourceLocation) -> Place {
        var text = Place.rootPath
        for step in path {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += Self.isWord(key.utf8[...]) ? ".\(key)" : "[\(JSONEmitter.emit(.string(key)))]"
            }
        }
        return Place(location: location, path: text)
    }

    /// A letter, then letters and digits.
    private static func isWord(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, Tokenizer.startsName(first), first != UInt8(ascii: "_") else { return false }
        return bytes.allSatisfy { Tokenizer.continuesName($0) && $0 != UInt8(ascii: "_") }
    }
}
