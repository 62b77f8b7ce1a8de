public import Documents

/// Finds the fields in which two manifests differ.
public enum FieldDifference {
    /// Leaf fields of `new` that differ from `old`, then leaf fields that only `old` has. Sequences of
    /// equal length are compared entry by entry; of unequal length, whole.
    public static func between(_ old: Node, _ new: Node) -> [FieldChange] {
        var changes: [FieldChange] = []
        compare(old, new, at: NodePath(), into: &changes)
        return changes
    }

    private static func compare(_ old: Node, _ new: Node, at path: NodePath, into changes: inout [FieldChange]) {
        switch (old.content, new.content) {
        case (.mapping(let before), .mapping(let after)):
            for entry in after.entries {
                if let value = before[entry.key] {
                    compare(value, entry.value, at: path.appending(entry.key), into: &changes)
                } else {
                    changes.append(FieldChange(path: path.appending(entry.key), old: nil, new: entry.value))
                }
            }
            for entry in before.entries where after.position(of: entry.key) == nil {
                changes.append(FieldChange(path: path.appending(entry.key), old: entry.value, new: nil))
            }
        case (.sequence(let before), .sequence(let after)) where before.count == after.count:
            for index in after.indices {
                compare(before[index], after[index], at: path.appending(index), into: &changes)
            }
        default:
            if old != new { changes.append(FieldChange(path: path, old: old, new: new)) }
        }
    }
}
