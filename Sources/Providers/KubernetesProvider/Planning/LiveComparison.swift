import Diagnostics
import Documents
import ServiceModel

/// Compares what is with what would be, leaving out what only the server writes.
enum LiveComparison {
    private static let serverMetadata: Set<String> = [
        "managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink",
    ]

    /// The fields that an apply changes, each new value at the line that configured it.
    ///
    /// - Parameters:
    ///   - live: as the server has it.
    ///   - applied: as a dry run of the apply says that it would be.
    ///   - desired: what is applied, which knows the lines.
    static func changes(from live: Node, to applied: Node, desired: Node) -> [FieldChange] {
        FieldDifference.between(comparable(live), comparable(applied)).map { change in
            var new = change.new
            if new != nil { new?.location = location(of: change.path, in: desired) }
            return FieldChange(path: change.path, old: change.old, new: new)
        }
    }

    /// Whether every field of `desired` has its value in `live` already, so that an apply changes nothing.
    ///
    /// Lists must be as long: the server adds no entries of its own to the lists that are written here.
    /// A quantity may be written otherwise (`1000m`, `1`).
    static func contains(_ live: Node, _ desired: Node) -> Bool {
        switch (desired.content, live.content) {
        case (.mapping(let wanted), .mapping(let there)):
            return wanted.entries.allSatisfy { entry in
                guard let value = there[entry.key] else { return isEmpty(entry.value) }
                return contains(value, entry.value)
            }
        case (.sequence(let wanted), .sequence(let there)):
            return wanted.count == there.count && zip(there, wanted).allSatisfy { contains($0, $1) }
        default:
            return live == desired || sameQuantity(live, desired)
        }
    }

    /// The server leaves out what is empty.
    private static func isEmpty(_ node: Node) -> Bool {
        switch node.content {
        case .mapping(let mapping): mapping.isEmpty
        case .sequence(let items): items.isEmpty
        default: false
        }
    }

    static func sameQuantity(_ left: Node, _ right: Node) -> Bool {
        guard let left = left.string ?? left.number.map({ "\($0)" }),
            let right = right.string ?? right.number.map({ "\($0)" }),
            let first = Quantity(left), let second = Quantity(right)
        else { return false }
        return first == second
    }

    private static func comparable(_ object: Node) -> Node {
        guard var fields = object.mapping else { return object }
        fields.remove("status")
        if var metadata = fields["metadata"]?.mapping {
            for key in serverMetadata { metadata.remove(key) }
            fields["metadata"] = .mapping(metadata)
        }
        return .mapping(fields)
    }

    /// Where a field is configured: at its own line, else at that of the nearest one around it.
    static func location(of path: NodePath, in desired: Node) -> SourceLocation {
        var path = path
        while !path.steps.isEmpty {
            if let node = desired[path], node.location.isKnown { return node.location }
            path.steps.removeLast()
        }
        return desired.location
    }
}
