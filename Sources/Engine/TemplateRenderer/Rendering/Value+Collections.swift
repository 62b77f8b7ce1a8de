import Diagnostics
import Documents

extension Value {
    /// A sequence of any values.
    static func sequence(of items: [Value], at location: SourceLocation) -> Value {
        var builder = SequenceBuilder()
        builder.reserve(items.count)
        for item in items { builder.append(item) }
        return builder.value(at: location)
    }

    /// A mapping of any values.
    static func mapping(of entries: [Entry], at location: SourceLocation) -> Value {
        var builder = MappingBuilder()
        for entry in entries { builder.set(entry.key, at: entry.keyLocation, entry.value) }
        return builder.value(at: location)
    }

    /// Merges objects at any depth and appends lists; of everything else the last wins. Merged values
    /// have the last one's place.
    ///
    /// Each key's values are gathered first, so that many objects merge in one pass.
    static func mergedDeep(_ objects: [[Entry]]) -> [Entry] {
        var positions: [String: Int] = [:]
        var groups: [[Entry]] = []
        for entry in objects.joined() {
            if let position = positions[entry.key] {
                groups[position].append(entry)
            } else {
                positions[entry.key] = groups.count
                groups.append([entry])
            }
        }
        return groups.compactMap { group in
            group.last.map {
                Entry(key: $0.key, keyLocation: $0.keyLocation, value: mergedDeep(group.map(\.value), last: $0.value))
            }
        }
    }

    /// Values of different kinds do not merge: those before the last change of kind are lost.
    private static func mergedDeep(_ values: [Value], last: Value) -> Value {
        guard values.count > 1 else { return last }
        if last.items != nil {
            let lists = values.reversed().lazy.map(\.items).prefix { $0 != nil }.compactMap(\.self)
            return sequence(of: Array(lists.reversed().joined()), at: last.location)
        }
        if last.entries != nil {
            let objects = values.reversed().lazy.map(\.entries).prefix { $0 != nil }.compactMap(\.self)
            return mapping(of: mergedDeep(objects.reversed()), at: last.location)
        }
        return last
    }

    /// Whether the value is small enough to be carried through a loop that may grow it.
    var isWithinLimits: Bool {
        var left = RenderLimits.valueCount
        func fits(_ node: Node, depth: Int) -> Bool {
            left -= 1
            guard left >= 0, depth <= RenderLimits.valueDepth else { return false }
            switch node.content {
            case .null, .bool, .number, .string: return true
            case .sequence(let items): return items.allSatisfy { fits($0, depth: depth + 1) }
            case .mapping(let mapping): return mapping.entries.allSatisfy { fits($0.value, depth: depth + 1) }
            }
        }
        func fits(_ value: Value, depth: Int) -> Bool {
            left -= 1
            guard left >= 0, depth <= RenderLimits.valueDepth else { return false }
            switch value {
            case .node(let node): return fits(node, depth: depth)
            case .function: return true
            case .sequence(let items, _): return items.allSatisfy { fits($0, depth: depth + 1) }
            case .mapping(let entries, _): return entries.allSatisfy { fits($0.value, depth: depth + 1) }
            }
        }
        return fits(self, depth: 0)
    }
}
