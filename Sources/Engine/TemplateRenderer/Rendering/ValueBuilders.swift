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

    /// Sets all the entries of an object; of other values, none.
    ///
    /// - Returns: whether `object` is one.
    mutating func set(entriesOf object: Value) -> Bool {
        switch object {
        case .node(let node):
            guard case .mapping(let added) = node.content else { return false }
            for entry in added.entries {
                mapping.update(entry)
                if !functions.isEmpty { functions[entry.key] = nil }
            }
            return true
        case .mapping(let entries, _):
            for entry in entries { set(entry.key, at: entry.keyLocation, entry.value) }
            return true
        case .function, .sequence:
            return false
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
