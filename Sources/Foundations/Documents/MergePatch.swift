/// How lists merge below a mapping: each key's own rule.
///
/// RFC 7386 replaces lists whole. A list of mappings with a natural key (environment variables by
/// `name`) can name it here and merges entry by entry instead.
public struct ListKeys: Sendable {
    /// The natural key of the entries, when the value itself is such a list.
    public var entryKey: String?
    public var children: [String: ListKeys]

    public init(entryKey: String? = nil, children: [String: ListKeys] = [:]) {
        self.entryKey = entryKey
        self.children = children
    }

    public static let none = ListKeys()
}

extension Node {
    /// Applies `patch` as RFC 7386 (JSON Merge Patch) defines it: mappings merge at any depth, null
    /// deletes, everything else replaces. Lists named by `keys` merge by their natural key, where an
    /// entry whose other values are all null deletes.
    ///
    /// Every value keeps the location of the side it came from; a merged mapping that of the patch.
    public mutating func merge(_ patch: Node, listKeys keys: ListKeys? = nil) {
        switch patch.content {
        case .mapping(let changes):
            var result = mapping ?? Mapping()
            content = .null  // Keeps the storage uniquely referenced while it changes.
            for change in changes.entries {
                let key = change.key
                if change.value.isNull {
                    result.remove(key)
                    continue
                }
                let childKeys = keys?.children[key]
                if let position = result.position(of: key), change.value.mapping != nil || childKeys?.entryKey != nil {
                    var value = result.entries[position].value
                    result.setValue(.null, at: position)
                    value.merge(change.value, listKeys: childKeys)
                    result.setValue(value, at: position)
                } else if change.value.mapping != nil {
                    // A patch into nothing still deletes its nulls.
                    var value = Node(.mapping(Mapping()), at: change.value.location)
                    value.merge(change.value, listKeys: childKeys)
                    result.update(Mapping.Entry(key, at: change.keyLocation, value))
                } else {
                    result.update(change)
                }
            }
            self = Node(.mapping(result), at: patch.location)
        case .sequence(let entries):
            guard let entryKey = keys?.entryKey, let existing = sequence else {
                self = patch
                return
            }
            self = Node(.sequence(Self.merged(existing, with: entries, by: entryKey)), at: patch.location)
        default:
            self = patch
        }
    }

    /// Entries of `changes` merge into those with the same natural key, in place; new ones are appended.
    private static func merged(_ existing: [Node], with changes: [Node], by entryKey: String) -> [Node] {
        var result = existing
        for change in changes {
            guard let name = change[entryKey], let position = result.firstIndex(where: { $0[entryKey] == name }) else {
                result.append(change)
                continue
            }
            let others = change.mapping?.entries.filter { $0.key != entryKey } ?? []
            if !others.isEmpty, others.allSatisfy({ $0.value.isNull }) {
                result.remove(at: position)
            } else {
                result[position].merge(change)
            }
        }
        return result
    }
}
