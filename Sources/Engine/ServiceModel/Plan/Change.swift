public import Documents

/// What has to happen to one object.
public struct Change: Sendable {
    public enum Action: String, Sendable, Hashable {
        case create
        case update
        case replace
        case delete
        case unchanged
    }

    public let resource: Resource.Identity
    public let action: Action
    public let effect: Effect
    /// The fields that differ, in the manifest's order; empty unless the action is update or replace.
    public let fields: [FieldChange]
    /// What no field tells: why there is something to do (`its supervisor is gone: it will be started again`), what is
    /// made, or why something stays.
    public let reason: String?

    public init(
        resource: Resource.Identity, action: Action, effect: Effect, fields: [FieldChange] = [], reason: String? = nil
    ) {
        self.resource = resource
        self.action = action
        self.effect = effect
        self.fields = fields
        self.reason = reason
    }
}

/// One field that differs between the desired and the live object.
public struct FieldChange: Sendable {
    public let path: NodePath
    /// Nil where the field is new.
    public let old: Node?
    /// Nil where the field goes away; its location is the configuration line that set it.
    public let new: Node?

    public init(path: NodePath, old: Node?, new: Node?) {
        self.path = path
        self.old = old
        self.new = new
    }
}
