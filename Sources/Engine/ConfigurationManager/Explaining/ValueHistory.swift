import Diagnostics
import Documents

/// What every layer says of one value, lowest layer first.
///
/// A position in a list that merges by a natural key counts in the merged list; each layer is then asked for
/// the entry of that name, wherever it stands there.
struct ValueHistory {
    private(set) var steps: [Explanation.Step] = []
    private let path: NodePath
    /// The entry that the path goes through, where a list on its way merges by a natural key.
    private let entry: Entry?

    private struct Entry {
        /// How many steps of the path lead to the list.
        let depth: Int
        let key: String
        let name: Node
    }

    init(of path: NodePath, in layers: [Layer]) {
        self.path = path
        entry = Self.entry(of: path, in: layers)
        for layer in layers {
            guard let step = step(in: layer) else { continue }
            // A list changed at a position carries all the others' values along.
            if layer.replacesLists, let last = steps.last, (last.value, last.location) == (step.value, step.location) {
                continue
            }
            steps.append(step)
        }
    }

    /// Where the value was deleted; nil where it has one, or never had.
    var deletion: SourceLocation? {
        guard let last = steps.last, last.value == nil else { return nil }
        return last.location
    }

    private static func entry(of path: NodePath, in layers: [Layer]) -> Entry? {
        let listPath = path.listPath
        guard listPath.steps.count < path.steps.count, case .index(let index) = path.steps[listPath.steps.count],
            let key = ServiceSchema.root.listKeys.rule(at: listPath)?.entryKey
        else { return nil }
        let states = states(of: listPath, layers)
        let names = states.map { $0.map { $0[key] ?? .null } }
        guard let last = names.last else { return nil }
        // A position that is no more means the entry that was last there, unless that has only moved.
        let name =
            index < last.count
            ? last[index] : names.last { index < $0.count }.map { $0[index] }.flatMap { last.contains($0) ? nil : $0 }
        return name.map { Entry(depth: listPath.steps.count, key: key, name: $0) }
    }

    /// The list as it is after each of the layers.
    private static func states(of path: NodePath, _ layers: [Layer]) -> [[Node]] {
        let listKeys = ServiceSchema.root.listKeys
        var settings = Node(.mapping(Mapping()))
        return layers.map { layer in
            layer.merge(into: &settings, listKeys: listKeys)
            return settings[path]?.sequence ?? []
        }
    }

    private func step(in layer: Layer) -> Explanation.Step? {
        var node = layer.values
        // Inside a list that replaces the lower layers', what is not said is deleted.
        var isWhole = false
        for (position, step) in path.steps.enumerated() {
            let next: Node?
            switch step {
            case .key(let key):
                guard let mapping = node.mapping else { return absence(in: layer, at: node) }
                next = mapping[key]
            case .index(let index):
                guard let items = node.sequence else { return absence(in: layer, at: node) }
                if let entry, entry.depth == position {
                    isWhole = layer.replacesLists
                    next = items.first { $0[entry.key] == entry.name }
                    if !isWhole, let mark = next.flatMap({ deletionMark($0, entry.key) }) {
                        return absence(in: layer, at: mark)
                    }
                } else {
                    isWhole = true
                    next = index < items.count ? items[index] : nil
                }
            }
            guard let next else { return isWhole ? absence(in: layer, at: node) : nil }
            if next.isNull { return Explanation.Step(layer: layer.name, location: next.location, value: nil) }
            node = next
        }
        return Explanation.Step(layer: layer.name, location: node.location, value: node)
    }

    /// The value goes because something else takes its place; nothing is told where there was none.
    private func absence(in layer: Layer, at node: Node) -> Explanation.Step? {
        guard let last = steps.last, last.value != nil else { return nil }
        return Explanation.Step(layer: layer.name, location: node.location, value: nil)
    }

    /// The null by which an entry whose other values are all null deletes the lower layers' entry.
    private func deletionMark(_ entry: Node, _ key: String) -> Node? {
        let others = entry.mapping?.entries.filter { $0.key != key } ?? []
        return others.allSatisfy(\.value.isNull) ? others.first?.value : nil
    }
}

extension NodePath {
    /// The keys up to the first position.
    fileprivate var listPath: NodePath {
        NodePath(Array(steps.prefix { if case .key = $0 { true } else { false } }))
    }
}

extension ListKeys {
    /// The rule of the value at `path`; nil where there is none, as inside the entries of a list.
    func rule(at path: NodePath) -> ListKeys? {
        var rule: ListKeys? = self
        for step in path.steps {
            guard case .key(let key) = step else { return nil }
            rule = rule?.children[key]
        }
        return rule
    }
}
