import Diagnostics
import Documents

/// The topmost layer: values given with flags.
///
/// Most are the same patch for every service, checked once. An assignment into a list (`a[0]=x`) can
/// only be resolved over the list that the lower layers make.
struct FlagLayer {
    private let patch: Layer?
    private let listAssignments: [ConfigurationRequest.Assignment]

    init(_ assignments: [ConfigurationRequest.Assignment], _ problems: inout DiagnosticCollector) {
        var values = Node(.mapping(Mapping()))
        var listAssignments: [ConfigurationRequest.Assignment] = []
        for assignment in assignments {
            let path = SchemaAliases.canonical(assignment.path) ?? assignment.path
            if let keys = path.keys {
                values.assign(assignment.value, at: keys[...])
            } else {
                listAssignments.append(.init(path: path, value: assignment.value))
            }
        }
        self.listAssignments = listAssignments
        guard values.mapping?.isEmpty == false else {
            patch = nil
            return
        }
        patch = Self.checked(values, &problems)
    }

    var namesReplicas: Bool { patch?.values.value("deployment", "replicas") != nil }

    /// The flags' layers for a service whose lower layers merge to `settings` and `own`.
    func layers(over settings: Node, _ own: Layer?, _ problems: inout DiagnosticCollector) -> [Layer] {
        var layers = [patch].compactMap(\.self)
        guard !listAssignments.isEmpty else { return layers }
        var merged = settings
        for layer in [own].compactMap(\.self) + layers { merged.merge(layer.values) }
        for assignment in listAssignments {
            guard let list = problems.gather({ try merged.replacing(assignment.path, with: assignment.value) }) else {
                continue
            }
            let layer = Self.checked(list, &problems)
            merged.merge(layer.values)
            layers.append(layer)
        }
        return layers
    }

    private static func checked(_ values: Node, _ problems: inout DiagnosticCollector) -> Layer {
        var check = ValueCheck()
        let checked = check.checked(SchemaAliases.resolve(values, &problems))
        problems.report(contentsOf: DiagnosticReport(check.problems.diagnostics))
        return Layer(name: "flags", values: checked)
    }
}

extension Node {
    /// Sets the value at `keys` of a patch; a later assignment to a section merges into it.
    fileprivate mutating func assign(_ value: Node, at keys: ArraySlice<String>) {
        guard let key = keys.first else {
            if mapping != nil, value.mapping != nil { merge(value) } else { self = value }
            return
        }
        var mapping = self.mapping ?? Mapping()
        var below = mapping[key] ?? Node(.mapping(Mapping()), at: value.location)
        below.assign(value, at: keys.dropFirst())
        mapping.update(.init(key, at: value.location, below))
        self = Node(.mapping(mapping), at: value.location)
    }

    /// A patch with the whole list that holds `path`, its one entry replaced; position `count` appends.
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
        case (.index(let index), .sequence(var items)) where index <= items.count:
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
            throw Diagnostic(
                .error, .assignment, "`\(path)` does not exist", at: value.location,
                why: "a position must be one of the list's, or the next one", fix: "set the whole list: `key=[a, b]`")
        }
    }
}
