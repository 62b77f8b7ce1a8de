package import Diagnostics
import Documents

/// Explains a key that the schema does not know: the nearest one, in the section or anywhere.
enum UnknownKey {
    static func diagnostic(_ entry: Mapping.Entry, in object: SchemaObject, at path: NodePath) -> Diagnostic {
        Diagnostic(
            .error, .unknownKey, "unknown key `\(path)`", at: entry.keyLocation,
            why: "a misspelt key would silently change nothing", fix: fix(for: entry.key, in: object, at: path))
    }

    private static func fix(for key: String, in object: SchemaObject, at path: NodePath) -> String {
        let siblings = object.keys.map(\.name)
        let parent = NodePath(Array(path.steps.dropLast()))
        if let near = NearestName.find(key, among: siblings) {
            return "did you mean `\(parent.appending(near))`?"
        }
        let leaves = ServiceSchema.root.leaves
        if let leaf = leaves.first(where: { $0.path.steps.last == .key(key) }) ?? near(key, leaves) {
            return "did you mean `\(leaf.path)`?"
        }
        let section = parent.steps.isEmpty ? "the configuration" : "`\(parent)`"
        return "\(section) has \(siblings.joined(separator: ", ")); free-form settings go under `specific`"
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
