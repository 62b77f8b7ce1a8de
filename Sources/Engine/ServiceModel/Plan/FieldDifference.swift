public import Documents

/// Finds the fields in which two manifests differ.
public enum FieldDifference {
    /// Leaf fields of `new` that differ from `old`, then leaf fields that only `old` has. Sequences of
    /// equal length are compared entry by entry; of unequal length, whole. Values that look like secrets are
    /// compared, but marks stand for them in the result (``SecretRedaction``).
    public static func between(_ old: Node, _ new: Node) -> [FieldChange] {
        var changes: [FieldChange] = []
        compare(old, new, at: NodePath(), into: &changes)
        return changes
    }

    private static func compare(_ old: Node, _ new: Node, at path: NodePath, into changes: inout [FieldChange]) {
        switch (old.content, new.content) {
        case (.mapping(let before), .mapping(let after)):
            // A variable that gets another name is hidden before and after: its value may be the same.
            let hidesValue = SecretRedaction.isSecretVariable(old) || SecretRedaction.isSecretVariable(new)
            for entry in after.entries {
                let path = path.appending(entry.key)
                let value = before[entry.key]
                if hidesValue, entry.key == "value" {
                    if value != entry.value { changes.append(hidden(at: path, value, entry.value)) }
                } else if let value {
                    compare(value, entry.value, at: path, into: &changes)
                } else {
                    changes.append(shown(at: path, nil, entry.value))
                }
            }
            for entry in before.entries where after.position(of: entry.key) == nil {
                let path = path.appending(entry.key)
                changes.append(
                    hidesValue && entry.key == "value"
                        ? hidden(at: path, entry.value, nil) : shown(at: path, entry.value, nil))
            }
        case (.sequence(let before), .sequence(let after)) where before.count == after.count:
            for index in after.indices {
                compare(before[index], after[index], at: path.appending(index), into: &changes)
            }
        default:
            if old != new { changes.append(shown(at: path, old, new)) }
        }
    }

    private static func shown(at path: NodePath, _ old: Node?, _ new: Node?) -> FieldChange {
        FieldChange(
            path: path, old: old.map { SecretRedaction.redacted($0) },
            new: new.map { SecretRedaction.redacted($0) })
    }

    private static func hidden(at path: NodePath, _ old: Node?, _ new: Node?) -> FieldChange {
        FieldChange(
            path: path, old: old.map { SecretRedaction.marked($0) },
            new: new.map { SecretRedaction.marked($0) })
    }
}
