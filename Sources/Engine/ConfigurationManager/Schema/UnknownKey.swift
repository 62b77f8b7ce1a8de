package import Diagnostics
import Documents

/// Explains a key that the schema does not know: the nearest one, in the section or anywhere.
enum UnknownKey {
    static func diagnostic(_ entry: Mapping.Entry, in object: SchemaObject, at path: NodePath) -> Diagnostic {
        Diagnostic(
            .error, .unknownKey, "unknown key `\("\(path)".abridged)`", at: entry.keyLocation,
            why: "a misspelt key would silently change nothing", fix: fix(for: entry, in: object, at: path))
    }

    /// What the key was probably meant to be: the nearest of its section, else the one of that name elsewhere.
    static func meant(_ entry: Mapping.Entry, in object: SchemaObject, at path: NodePath) -> NodePath? {
        let parent = NodePath(Array(path.steps.dropLast()))
        if let near = NearestName.find(entry.key, among: object.keys.map(\.name)) { return parent.appending(near) }
        if let section = section(entry) { return section }
        let leaves = ServiceSchema.root.leaves
        return (leaves.first { $0.path.steps.last == .key(entry.key) } ?? near(entry.key, leaves))?.path
    }

    /// The only section of that name, and the key in it where only that is given.
    private static func section(_ entry: Mapping.Entry) -> NodePath? {
        let sections = ServiceSchema.root.sections.filter { $0.path.steps.last == .key(entry.key) }
        guard sections.count == 1, let section = sections.first, let below = entry.value.mapping else { return nil }
        guard below.count == 1, let key = below.entries.first?.key, section.object[key] != nil else {
            return section.path
        }
        return section.path.appending(key)
    }

    private static func fix(for entry: Mapping.Entry, in object: SchemaObject, at path: NodePath) -> String {
        if let meant = meant(entry, in: object, at: path) { return "did you mean `\(meant)`?" }
        let parent = NodePath(Array(path.steps.dropLast()))
        let section = parent.steps.isEmpty ? "the configuration" : "`\("\(parent)".abridged)`"
        return "\(section) has \(object.keys.map(\.name).joined(separator: ", ")); "
            + "free-form settings go under `specific`"
    }

    private static func near(
        _ key: String, _ leaves: [(path: NodePath, key: SchemaKey)]
    ) -> (path: NodePath, key: SchemaKey)? {
        NearestName.find(key, among: leaves.map(\.key.name)).flatMap { near in leaves.first { $0.key.name == near } }
    }
}

/// Words the nearest name as a fix.
package enum NearestNameHint {
    /// What people call providers and environments elsewhere.
    private static let otherNames = [
        "stage": "staging", "stg": "staging", "prd": "production", "live": "production", "k8s": "onprem",
        "kubernetes": "onprem", "cluster": "onprem", "onpremise": "onprem", "on-premise": "onprem",
        "on-premises": "onprem", "amazon": "aws", "eks": "aws", "google": "gcp", "gke": "gcp", "microsoft": "azure",
        "aks": "azure", "localhost": "local",
    ]

    /// - Parameter names: all that there are.
    package static func fix(for name: String, among names: [String]) -> String {
        let known = otherNames[name.lowercased()].flatMap { names.contains($0) ? $0 : nil }
        return (known ?? NearestName.find(name, among: names)).map { "did you mean `\($0)`?" }
            ?? (names.count == 1 ? "write `\(names[0])`" : "write one of \(names.joined(separator: ", "))")
    }
}

extension Diagnostic.Code {
    package static let unknownKey = Self("config.unknown-key")
}
