package import Diagnostics
package import Documents
import ServiceModel

/// Which key of the configuration stands at a place of a file, or is meant by a flag.
package enum ConfigurationPlace {
    /// The value at a place, and its canonical key.
    package struct Value: Sendable {
        package let key: NodePath
        package let node: Node
    }

    /// - Parameter documents: of the file that the location names.
    /// - Returns: nil where no value begins there, or one that is no setting: a service's name or type.
    package static func value(at location: SourceLocation, in documents: [Node]) -> Value? {
        for document in documents {
            if let path = path(to: location, in: document, NodePath()), let key = key(of: path, in: document),
                let node = document[path]
            {
                return Value(key: key, node: node)
            }
        }
        return nil
    }

    /// The key that a flag sets: `--set storage.size` or one of the flags that have a key of their own.
    package static func key(ofFlag flag: String) -> NodePath? {
        let words = flag.split(separator: " ", maxSplits: 1).map(String.init)
        if words.count == 2, words[0] == "--set" {
            return (try? NodePath(parsing: words[1])).map { SchemaAliases.canonical($0) ?? $0 }
        }
        return FlagKeys.all.first { $0.flag == flag }.map { NodePath(keys: $0.path) }
    }

    /// The canonical key of what stands at `path` of a layer or service file.
    static func key(of path: NodePath, in document: Node) -> NodePath? {
        guard var keys = path.steps.first.map({ _ in path }) else { return nil }
        if ServiceDocument.isService(document) {
            if let form = ServiceDocument.shortForms.first(where: { path.begins(with: $0.from) }) {
                keys = NodePath(form.to.map(NodePath.Step.key) + path.steps.dropFirst(form.from.count))
            } else if path.begins(with: ["spec", "overrides"]), path.steps.count > 2 {
                keys = NodePath(Array(path.steps.dropFirst(2)))
            } else {
                return nil
            }
        } else if case .key(let first) = path.steps[0], ServiceSchema.root[first] == nil {
            if first == "base" || DataType(name: first) != nil {
                keys = NodePath(Array(path.steps.dropFirst()))
            } else if first.hasSuffix("_metrics") {
                keys = NodePath(keys: ["monitoring", "metrics"])
                keys.steps += path.steps.dropFirst()
            }
        }
        return keys.steps.isEmpty ? nil : SchemaAliases.canonical(keys) ?? keys
    }

    private static func path(to location: SourceLocation, in node: Node, _ path: NodePath) -> NodePath? {
        switch node.content {
        case .mapping(let mapping):
            for entry in mapping.entries {
                if let found = self.path(to: location, in: entry.value, path.appending(entry.key)) { return found }
            }
        case .sequence(let items):
            for (index, item) in items.enumerated() {
                if let found = self.path(to: location, in: item, path.appending(index)) { return found }
            }
        default: break
        }
        let isHere = node.location.line == location.line && node.location.column == location.column
        return isHere && !path.steps.isEmpty ? path : nil
    }
}

extension NodePath {
    func begins(with keys: [String]) -> Bool { steps.starts(with: keys.map(Step.key)) }
}
