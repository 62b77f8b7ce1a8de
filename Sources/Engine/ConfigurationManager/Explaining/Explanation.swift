package import Diagnostics
package import Documents

/// Where a value comes from: its key, its meaning, and every layer that set or deleted it.
package struct Explanation: Sendable {
    package struct Step: Sendable, Equatable {
        package let layer: String
        package let location: SourceLocation
        /// Nil where the layer deletes the value.
        package let value: Node?
    }

    /// The canonical path.
    package let path: NodePath
    /// The path that was asked for, when it is another spelling.
    package let alias: NodePath?
    package let key: SchemaKey
    /// Nil when no layer sets it.
    package private(set) var value: Node?
    /// Whether a layer breaks the schema at this path, above or below it.
    package let isInvalid: Bool
    /// Lowest layer first; the last one wins.
    package private(set) var chain: [Step]

    /// - Throws: ``Diagnostic`` when the schema has no such path, with the nearest one.
    package init(of path: NodePath, in configuration: ServiceConfiguration) throws(Diagnostic) {
        let canonical = SchemaAliases.canonical(path) ?? path
        guard let key = ServiceSchema.root.key(at: canonical) else {
            throw Self.unknown(canonical)
        }
        self.key = key
        self.path = canonical
        alias = canonical == path ? nil : path
        value = configuration.settings[canonical]
        isInvalid = configuration.layers.contains { $0.invalid.contains { $0.meets(canonical) } }
        chain = ValueHistory(of: canonical, in: configuration.layers).steps
    }

    /// How layers combine in this value, where it is not that the last one wins.
    package var mergeRule: String? {
        switch key.value {
        case .object, .map: "mappings merge key by key; null deletes"
        case .list:
            ServiceSchema.root.listKeys.rule(at: path)?.entryKey.map { "entries merge by `\($0)`" }
                ?? "a list replaces the lower layers' list"
        default: nil
        }
    }

    /// The same with only those layers that `isIncluded` lets pass.
    func limited(to isIncluded: (Step) -> Bool) -> Explanation {
        var limited = self
        limited.chain = chain.filter(isIncluded)
        limited.value = limited.chain.reduce(nil) { lower, step in
            guard let value = step.value, var merged = lower else { return step.value }
            merged.merge(value, listKeys: key.value.listKeys)
            return merged
        }
        return limited
    }

    private static func unknown(_ path: NodePath) -> Diagnostic {
        let known = ServiceSchema.root.leaves.map(\.path.description)
        let last = path.steps.last.map { NodePath([$0]).description } ?? ""
        let near =
            NearestName.find(path.description, among: known) ?? known.first { $0.hasSuffix(".\(path)") }
            ?? known.first { $0.hasSuffix("." + last) }
        return Diagnostic(
            .error, .unknownKey, "there is no key `\(path)`",
            fix: near.map { "did you mean `\($0)`?" } ?? "`synthdata-infra config schema` lists all keys")
    }
}
