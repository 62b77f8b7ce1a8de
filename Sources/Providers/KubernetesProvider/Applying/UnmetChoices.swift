package import Diagnostics
import Documents
package import ServiceModel

/// Finds what was decided about fields that no object has: a typo decides nothing, and nobody would notice.
package struct UnmetChoices {
    private var unmet: [FieldOwnership.Choice]
    /// Names that would have been met, while something is unmet.
    private var known: Set<String> = []

    package init(_ choices: [FieldOwnership.Choice]) {
        unmet = choices
    }

    package mutating func look(at resources: [Resource]) {
        unmet.removeAll { choice in resources.contains(where: choice.isMet) }
        guard !unmet.isEmpty else { return }
        for resource in resources {
            let prefix = "\(resource.identity.kind)/\(resource.identity.name):"
            for path in Self.paths(of: resource.manifest) {
                known.insert(path)
                known.insert(prefix + path)
            }
        }
    }

    /// One for each choice that nothing has met.
    package var warnings: [Diagnostic] {
        unmet.map { choice in
            let wanted = "\(choice)"
            // One of one object is mended to one of one object.
            let candidates = known.filter { $0.contains(":") == wanted.contains(":") }.sorted()
            return Diagnostic(
                .warning, .unmetChoice, "no object has `\(wanted)`",
                at: SourceLocation(file: SourceFile(choice.flag)), why: "so it decides nothing",
                fix: NearestName.find(wanted, among: candidates).map { "did you mean `\($0)`?" })
        }
    }

    private static func paths(of node: Node, below path: NodePath = NodePath()) -> [String] {
        let own = path.steps.isEmpty ? [] : ["\(path)"]
        switch node.content {
        case .mapping(let mapping):
            return own + mapping.entries.flatMap { paths(of: $0.value, below: path.appending($0.key)) }
        case .sequence(let items):
            return own + items.indices.flatMap { paths(of: items[$0], below: path.appending($0)) }
        default: return own
        }
    }
}

extension Diagnostic.Code {
    package static let unmetChoice = Self("usage.unmet-path")
}
