public import Documents

/// What somebody else has done to one object since it was deployed.
public struct ObjectDrift: Sendable {
    public enum Kind: String, Sendable, Hashable {
        /// It is there, with other values.
        case changed
        /// It was deleted.
        case missing
        /// It was deleted, and made again by somebody else.
        case recreated
    }

    public let resource: Resource.Identity
    public let kind: Kind
    /// What differs, in the manifest's order; empty for a missing object.
    public let fields: [FieldDrift]
    /// Who made a recreated object; nil where nobody says.
    public let author: FieldAuthor?
    /// What differs where no field tells it: `its supervisor is gone`.
    public let reason: String?

    public init(
        resource: Resource.Identity, kind: Kind, fields: [FieldDrift] = [], author: FieldAuthor? = nil,
        reason: String? = nil
    ) {
        self.resource = resource
        self.kind = kind
        self.fields = fields
        self.author = author
        self.reason = reason
    }
}

/// One field that is not as it was deployed.
///
/// Values that look like secrets are marks (``SecretRedaction``).
public struct FieldDrift: Sendable {
    /// In the deployed manifest; of a field that was added, in the live object.
    public let path: NodePath
    /// With the line that configured it; nil for a field that was added.
    public let deployed: Node?
    /// Nil for a field that was removed.
    public let live: Node?
    /// Who set it; nil where nobody says, as for a field that is gone.
    public let author: FieldAuthor?
    /// Whether marks stand for the values.
    public let isSecret: Bool

    public init(path: NodePath, deployed: Node?, live: Node?, author: FieldAuthor?, isSecret: Bool) {
        self.path = path
        self.author = author
        self.deployed = deployed.map { isSecret ? SecretRedaction.marked($0) : SecretRedaction.redacted($0) }
        self.live = live.map { isSecret ? SecretRedaction.marked($0) : SecretRedaction.redacted($0) }
        // A text with a mark in it is not the value any more.
        self.isSecret =
            isSecret
            || [(deployed, self.deployed), (live, self.live)].contains { $0?.string != nil && $0 != $1 }
    }
}

/// Who set a field of an object, and when.
public struct FieldAuthor: Sendable, Hashable {
    /// A program, such as `kubectl-edit`.
    public let manager: String
    /// RFC 3339; nil where nobody says.
    public let time: String?

    public init(manager: String, time: String?) {
        self.manager = manager
        self.time = time
    }
}
