import Diagnostics
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
        var result = path
        for alias in all {
            let steps = alias.path.map(NodePath.Step.key)
            guard result.steps.starts(with: steps) else { continue }
            result = NodePath(alias.canonical.map(NodePath.Step.key) + result.steps.dropFirst(steps.count))
        }
        return result == path ? nil : result
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

    /// Puts an alias' entry at its canonical place; sections join.
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
        } else if let old = mapping.entry(key) {
            var conflicts: [Diagnostic] = []
            let spelling = NodePath(keys: alias.path)
            let canonical = NodePath(keys: alias.canonical)
            var value = old.value
            if value.mapping != nil, entry.value.mapping != nil {
                value.overlay(entry.value) { old, new in
                    conflicts.append(
                        .conflictingKeys(
                            "\(spelling.appending(new.key))", "\(canonical.appending(old.key))", new, old))
                }
            } else if value != entry.value {
                conflicts.append(.conflictingKeys("\(spelling)", "\(canonical)", entry, old))
            }
            for conflict in conflicts { problems.report(conflict) }
            mapping.update(.init(key, at: old.keyLocation, value))
        } else {
            mapping.update(.init(key, at: entry.keyLocation, entry.value))
        }
        self = .mapping(mapping, at: location)
    }
}
