/// Everything that has to happen for the live state to become the desired one.
public struct Plan: Sendable {
    /// The release to be made. Its revision is the next one, or ``baseRevision`` where what was deployed stays
    /// as it is. Of a `destroy`, it has no resources.
    public let release: Release
    /// The revision that the plan was made against; 0 when there was none.
    public let baseRevision: Int
    /// In apply order.
    public let changes: [Change]

    public init(release: Release, baseRevision: Int, changes: [Change]) {
        self.release = release
        self.baseRevision = baseRevision
        self.changes = changes
    }

    /// Whether there is anything to do.
    public var hasChanges: Bool { changes.contains { $0.action != .unchanged } }

    /// Whether the objects are as desired and only what runs is not: no field differs, nothing is made or
    /// deleted. Applying such a plan repairs the deployment that there was and is no new one.
    public var isRepair: Bool {
        hasChanges && changes.allSatisfy { $0.action == .unchanged || ($0.action == .update && $0.fields.isEmpty) }
    }

    /// The strongest effect of any change.
    public var effect: Effect { changes.map(\.effect).max() ?? .none }
}
