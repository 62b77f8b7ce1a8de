import Diagnostics
import Documents

/// The topmost layers: values given with flags, one layer each, so that later ones win by the same rules
/// as any layer does.
///
/// Most are the same patch for every service, checked once. An assignment into a list (`a[0]=x`) counts in
/// the list that the lower layers make, and replaces that list with the changed one, also where the list has
/// a natural key.
struct FlagLayer {
    private enum Step {
        case patch(Layer)
        case listEntry(ConfigurationRequest.Assignment)
    }

    private let steps: [Step]

    init(_ assignments: [ConfigurationRequest.Assignment], _ problems: inout DiagnosticCollector) {
        var steps: [Step] = []
        for assignment in assignments {
            if let keys = assignment.path.keys {
                steps.append(.patch(Self.checked(.nested(keys, assignment.value), &problems)))
            } else {
                let path = SchemaAliases.canonical(assignment.path) ?? assignment.path
                steps.append(.listEntry(.init(path: path, value: assignment.value)))
            }
        }
        self.steps = steps
    }

    /// Whether a flag says how many replicas run.
    var namesReplicas: Bool {
        steps.contains { step in
            if case .patch(let layer) = step { layer.values.value("deployment", "replicas") != nil } else { false }
        }
    }

    /// The flags' layers for a service whose lower layers merge to `settings` and `own`.
    func layers(
        over settings: Node, _ own: Layer?, listKeys: ListKeys, _ problems: inout DiagnosticCollector
    ) -> [Layer] {
        var merged = settings
        own?.merge(into: &merged, listKeys: listKeys)
        var layers: [Layer] = []
        for step in steps {
            let layer: Layer
            switch step {
            case .patch(let patch): layer = patch
            case .listEntry(let assignment):
                guard
                    let list = problems.gather({ try merged.replacing(assignment.path, with: assignment.value) })
                else {
                    layers.append(Layer(name: "flags", values: [:], invalid: [assignment.path]))
                    continue
                }
                layer = Self.checked(list, replacesLists: true, &problems)
            }
            layer.merge(into: &merged, listKeys: listKeys)
            layers.append(layer)
        }
        return layers
    }

    private static func checked(
        _ values: Node, replacesLists: Bool = false, _ problems: inout DiagnosticCollector
    ) -> Layer {
        var check = ValueCheck()
        let checked = check.checked(SchemaAliases.resolve(values, &problems))
        problems.report(contentsOf: check.problems)
        return Layer(name: "flags", values: checked, replacesLists: replacesLists, invalid: check.invalid)
    }
}

extension Node {
    /// A patch with the whole list that holds `path`, its one entry replaced; position `count` appends, null removes.
    fileprivate func replacing(_ path: NodePath, with value: Node) throws(Diagnostic) -> Node {
        let keys = path.steps.prefix { if case .key = $0 { true } else { false } }
        let listPath = NodePath(Array(keys))
        let list = self[listPath] ?? Node(.sequence([]))
        let changed = try list.replacing(path.steps.dropFirst(keys.count), with: value, path: path)
        return .nested(listPath.keys ?? [], changed)
    }

    private func replacing(
        _ steps: ArraySlice<NodePath.Step>, with value: Node, path: NodePath
    ) throws(Diagnostic) -> Node {
        switch (steps.first, content) {
        case (nil, _):
            return value
        case (.index(let index), .sequence(var items)) where steps.count == 1 && value.isNull && index < items.count:
            items.remove(at: index)
            return Node(.sequence(items), at: value.location)
        case (.index(let index), .sequence(var items)) where index <= items.count && !value.isNull:
            let old = index < items.count ? items[index] : Node.null
            let new = try old.replacing(steps.dropFirst(), with: value, path: path)
            if index < items.count { items[index] = new } else { items.append(new) }
            return Node(.sequence(items), at: value.location)
        case (.key(let key), .mapping(var mapping)):
            mapping[key] = try (mapping[key] ?? .null).replacing(steps.dropFirst(), with: value, path: path)
            return Node(.mapping(mapping), at: location)
        case (.key(let key), .null):
            let below = try Node.null.replacing(steps.dropFirst(), with: value, path: path)
            return .nested([key], below)
        default:
            throw Self.missing(path, at: value.location, in: self)
        }
    }

    private static func missing(_ path: NodePath, at location: SourceLocation, in found: Node) -> Diagnostic {
        guard let items = found.sequence else {
            return Diagnostic(
                .error, .assignment, "`\(path)` does not exist", at: location,
                why:
                    "a position in brackets counts the entries of a list; there is \(found.isNull ? "none" : "a \(found.kind)")",
                fix: "set the whole list: `key=[a, b]`")
        }
        let last = items.isEmpty ? "is empty" : "has the positions 0\(items.count > 1 ? " to \(items.count - 1)" : "")"
        return Diagnostic(
            .error, .assignment, "`\(path)` does not exist", at: location, why: "the list \(last)",
            fix: "write `[\(items.count)]` to append, or set the whole list: `key=[a, b]`")
    }
}
