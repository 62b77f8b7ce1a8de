package import Documents

/// A section of the configuration: a closed set of keys.
package struct SchemaObject: Sendable {
    package let keys: [SchemaKey]
    private let positions: [String: Int]

    package init(_ keys: [SchemaKey]) {
        self.keys = keys
        positions = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.name, $0) })
    }

    package subscript(name: String) -> SchemaKey? {
        positions[name].map { keys[$0] }
    }
}

/// One key of a section.
package struct SchemaKey: Sendable {
    package let name: String
    package let meaning: String
    package let value: SchemaValue
    /// The value when no layer sets one, in words; nil when there is none.
    package let absent: String?
    /// A valid spelling of this key's value, where that of its kind would mislead.
    private let ownExample: String?

    package init(
        _ name: String, _ value: SchemaValue, _ meaning: String, absent: String? = nil, example: String? = nil
    ) {
        self.name = name
        self.value = value
        self.meaning = meaning
        self.absent = absent
        ownExample = example
    }

    /// A valid spelling, for the `fix:` of a diagnostic.
    var example: String { ownExample ?? value.example }

    static func section(_ name: String, _ meaning: String, _ keys: [SchemaKey]) -> SchemaKey {
        SchemaKey(name, .object(SchemaObject(keys)), meaning)
    }
}

extension SchemaObject {
    /// The key at `path`, through sections, maps and lists; nil when the schema has none.
    package func key(at path: NodePath) -> SchemaKey? {
        var current: SchemaKey?
        var value = SchemaValue.object(self)
        for step in path.steps {
            switch (value, step) {
            case (.object(let object), .key(let name)):
                guard let key = object[name] else { return nil }
                current = key
                value = key.value
            case (.map(let element), .key(let name)):
                current = SchemaKey(name, element, current?.meaning ?? "")
                value = element
            case (.list(let element, _), .index):
                current = SchemaKey(current?.name ?? "", element, current?.meaning ?? "")
                value = element
            case (.anything, _):
                continue
            default:
                return nil
            }
        }
        return current
    }

    /// Every key that holds a value rather than a section, with its path, in order.
    package var leaves: [(path: NodePath, key: SchemaKey)] {
        leaves(below: NodePath())
    }

    /// Every section, with its path, outer ones first.
    var sections: [(path: NodePath, object: SchemaObject)] {
        keys.flatMap { key -> [(path: NodePath, object: SchemaObject)] in
            guard case .object(let object) = key.value else { return [] }
            return [(NodePath([.key(key.name)]), object)]
                + object.sections.map { (NodePath([.key(key.name)] + $0.path.steps), $0.object) }
        }
    }

    private func leaves(below path: NodePath) -> [(path: NodePath, key: SchemaKey)] {
        keys.flatMap { key -> [(path: NodePath, key: SchemaKey)] in
            let path = path.appending(key.name)
            if case .object(let object) = key.value { return object.leaves(below: path) }
            return [(path, key)]
        }
    }

    /// The merge rules of the lists below this section.
    package var listKeys: ListKeys {
        var children: [String: ListKeys] = [:]
        for key in keys {
            guard let below = key.value.listKeys, below.entryKey != nil || !below.children.isEmpty else { continue }
            children[key.name] = below
        }
        return ListKeys(children: children)
    }
}

extension SchemaValue {
    /// How lists merge in a value of this kind; nil where there are none with a natural key.
    var listKeys: ListKeys? {
        switch self {
        case .object(let object): object.listKeys
        case .list(_, .some(let entryKey)): ListKeys(entryKey: entryKey)
        default: nil
        }
    }
}
