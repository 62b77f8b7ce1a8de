import Diagnostics
import Documents

/// Gathers a sequence, as nodes until a function turns up.
struct SequenceBuilder {
    private var nodes: [Node] = []
    private var values: [Value]?

    mutating func reserve(_ count: Int) {
        nodes.reserveCapacity(count)
    }

    mutating func append(_ value: Value) {
        if values != nil {
            values?.append(value)
        } else if case .node(let node) = value {
            nodes.append(node)
        } else {
            values = nodes.map(Value.node) + [value]
        }
    }

    func value(at location: SourceLocation) -> Value {
        values.map { .sequence($0, location) } ?? .node(Node(.sequence(nodes), at: location))
    }
}

/// Gathers a mapping, as nodes until a function turns up. Of equal keys the last wins, in the first's
/// position.
struct MappingBuilder {
    private var mapping: Mapping
    private var functions: [String: Value] = [:]

    init(_ mapping: Mapping = Mapping()) {
        self.mapping = mapping
    }

    mutating func set(_ key: String, at location: SourceLocation, _ value: Value) {
        if case .node(let node) = value {
            mapping.update(Mapping.Entry(key, at: location, node))
            if !functions.isEmpty { functions[key] = nil }
        } else {
            mapping.update(Mapping.Entry(key, at: location, .null))
            functions[key] = value
        }
    }

    func value(at location: SourceLocation) -> Value {
        guard !functions.isEmpty else { return .node(Node(.mapping(mapping), at: location)) }
        return .mapping(
            mapping.entries.map { entry in
                Value.Entry(
                    key: entry.key, keyLocation: entry.keyLocation, value: functions[entry.key] ?? .node(entry.value))
            }, location)
    }
}
