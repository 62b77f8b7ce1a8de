import Documents
package import ServiceModel

/// A field of a live object that somebody else has added, and that shall go.
package struct AddedField: Sendable, Hashable {
    let path: NodePath
    private let resource: Resource.Identity
    /// As people see it: with marks for what looks like a secret.
    private let shown: String

    /// - Parameter drift: of a field that was not deployed.
    package init(_ drift: FieldDrift, of resource: Resource.Identity) {
        path = drift.path
        self.resource = resource
        shown = JSONEmitter.emit(drift.live ?? .null)
    }

    func isOf(_ identity: Resource.Identity) -> Bool { resource.isSameObject(identity) }

    /// Whether the object still has it, with the same value.
    func stands(in object: Node) -> Bool {
        guard let value = object[path] else { return false }
        return [SecretRedaction.redacted(value), SecretRedaction.marked(value)].contains {
            JSONEmitter.emit($0) == shown
        }
    }
}

extension NodePath {
    /// Whether it comes before the other one: by positions in lists, by names in mappings.
    func precedes(_ other: NodePath) -> Bool {
        for (mine, theirs) in zip(steps, other.steps) where mine != theirs {
            switch (mine, theirs) {
            case (.index(let mine), .index(let theirs)): return mine < theirs
            case (.key(let mine), .key(let theirs)): return mine < theirs
            case (.key, .index): return true
            case (.index, .key): return false
            }
        }
        return steps.count < other.steps.count
    }
}
