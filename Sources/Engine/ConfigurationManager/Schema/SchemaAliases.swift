package import Diagnostics
import Documents

/// Other spellings of keys, each with the one canonical key it stands for.
///
/// They are those of the platform's founding documents, so that configurations written for it load as
/// they are; `config explain` and everything that is written out use the canonical keys.
enum SchemaAliases {
    struct Alias {
        let path: [String]
        let canonical: [String]
    }

    /// The longest first, where one begins another.
    static let all: [Alias] = [
        Alias("gpu", for: "resources gpu"),
        Alias("deployment resources requests nvidia.com/gpu", for: "resources gpu count"),
        Alias("deployment resources limits nvidia.com/gpu", for: "resources gpu count"),
        Alias("deployment resources requests", for: "resources"),
        Alias("deployment resources", for: "resources"),
        Alias("resources requests nvidia.com/gpu", for: "resources gpu count"),
        Alias("resources limits nvidia.com/gpu", for: "resources gpu count"),
        Alias("resources requests", for: "resources"),
        Alias("resources storage_type", for: "storage type"),
        Alias("storage persistent_volume_size", for: "storage size"),
        Alias("storage volume_size", for: "storage size"),
        Alias("security pod_security_policy", for: "security pod_security"),
        Alias("groups", for: "monitoring alerts groups"),
    ]

    /// The canonical path of `path`, when it or a part of its beginning is an alias.
    static func canonical(_ path: NodePath) -> NodePath? {
        for alias in all {
            let steps = alias.path.map(NodePath.Step.key)
            guard path.steps.starts(with: steps) else { continue }
            return NodePath(alias.canonical.map(NodePath.Step.key) + path.steps.dropFirst(steps.count))
        }
        return nil
    }

    /// Moves values from aliases to canonical keys. Two spellings of one key with different values are
    /// a problem; with equal values they are one.
    static func resolve(_ layer: Node, _ problems: inout DiagnosticCollector) -> Node {
        var layer = layer
        for alias in all {
            guard let entry = layer.removing(alias.path[...]) else { continue }
            layer.add(entry, at: alias, alias.canonical[...], &problems)
        }
        return layer
    }
}

extension SchemaAliases.Alias {
    /// Keys are separated by spaces: one of them has dots of its own.
    fileprivate init(_ path: String, for canonical: String) {
        self.init(
            path: path.split(separator: " ").map(String.init),
            canonical: canonical.split(separator: " ").map(String.init))
    }
}

extension Node {
    /// Takes out the entry at `path`, and the sections that become empty by it.
    fileprivate mutating func removing(_ path: ArraySlice<String>) -> Mapping.Entry? {
        guard let key = path.first, var mapping, let position = mapping.position(of: key) else { return nil }
        let entry = mapping.entries[position]
        if path.count == 1 {
            mapping.remove(key)
            self = .mapping(mapping, at: location)
            return entry
        }
        var below = entry.value
        guard let found = below.removing(path.dropFirst()) else { return nil }
        if below.mapping?.isEmpty == true { mapping.remove(key) } else { mapping.setValue(below, at: position) }
        self = .mapping(mapping, at: location)
        return found
    }

    /// Puts an alias' entry at its canonical place; sections merge.
    fileprivate mutating func add(
        _ entry: Mapping.Entry, at alias: SchemaAliases.Alias, _ path: ArraySlice<String>,
        _ problems: inout DiagnosticCollector
    ) {
        guard let key = path.first else { return }
        var mapping = self.mapping ?? Mapping()
        if path.count > 1 {
            var below = mapping[key] ?? .mapping(Mapping(), at: entry.value.location)
            if below.mapping == nil { below = .mapping(Mapping(), at: entry.value.location) }
            below.add(entry, at: alias, path.dropFirst(), &problems)
            mapping.update(.init(key, at: mapping.entry(key)?.keyLocation ?? entry.keyLocation, below))
        } else if var existing = mapping[key], existing.mapping != nil, entry.value.mapping != nil {
            existing.merge(entry.value)
            mapping[key] = existing
        } else if let existing = mapping.entry(key), existing.value != entry.value {
            problems.report(
                Diagnostic(
                    .error, .conflictingKeys,
                    "`\(NodePath(keys: alias.path))` and `\(NodePath(keys: alias.canonical))` are one key with two values",
                    at: entry.keyLocation, fix: "keep one of them",
                    notes: [.init("the other one", at: existing.keyLocation)]))
        } else {
            mapping.update(.init(key, at: entry.keyLocation, entry.value))
        }
        self = .mapping(mapping, at: location)
    }
}

extension Diagnostic.Code {
    package static let conflictingKeys = Self("config.conflicting-keys")
}
