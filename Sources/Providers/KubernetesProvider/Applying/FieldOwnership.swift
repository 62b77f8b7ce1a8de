package import Diagnostics
package import Documents
import KubernetesClient
package import ServiceModel

/// What a person decided about fields that others have set: which become ours, and which stay theirs.
package struct FieldOwnership: Sendable, Hashable {
    /// A field, of every object or of one: `spec.replicas`, `Service/demo:spec.selector`.
    package struct Choice: Sendable, Hashable {
        fileprivate let object: String?
        let path: NodePath
        /// The flag that it was given with; empty for one that nobody wrote.
        package let flag: String

        /// - Throws: ``Diagnostic`` at `flag` when it is not written so.
        package init(_ text: String, flag: String) throws(Diagnostic) {
            let location = SourceLocation(file: SourceFile(flag))
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard let path = parts.last, parts.count == 1 || parts[0].contains("/") else {
                throw Diagnostic(
                    .error, .ownershipChoice, "`\(text)` names no field", at: location,
                    fix: "write for example `spec.replicas`, or `Service/demo:spec.selector` for one object's")
            }
            object = parts.count == 2 ? parts[0] : nil
            self.path = try NodePath(parsing: path, at: location)
            self.flag = flag
        }

        /// One field of one object.
        package init(_ path: NodePath, of identity: Resource.Identity) {
            object = "\(identity.kind)/\(identity.name)"
            self.path = path
            flag = ""
        }

        /// Whether the field, or one around it, is meant.
        package func covers(_ path: NodePath, of identity: Resource.Identity) -> Bool {
            concerns(identity) && path.steps.starts(with: self.path.steps)
        }

        /// Whether the object has the field.
        package func isMet(by resource: Resource) -> Bool {
            concerns(resource.identity) && resource.manifest[path] != nil
        }

        /// Whether the field stands below `path`: who has set a field is asked about the mapping around it, too.
        fileprivate func leads(through path: NodePath, of identity: Resource.Identity) -> Bool {
            concerns(identity) && self.path.steps.starts(with: path.steps)
        }

        func concerns(_ identity: Resource.Identity) -> Bool {
            object == nil || object == "\(identity.kind)/\(identity.name)"
        }
    }

    let taken: [Choice]
    private let kept: [Choice]
    private let removed: [AddedField]

    package init(taken: [Choice] = [], kept: [Choice] = [], removed: [AddedField] = []) {
        self.taken = taken
        self.kept = kept
        self.removed = removed
    }

    /// What was decided about fields that are set.
    package var choices: [Choice] { taken + kept }

    /// Both decisions, one after the other.
    package func and(_ other: FieldOwnership) -> FieldOwnership {
        FieldOwnership(taken: taken + other.taken, kept: kept + other.kept, removed: removed + other.removed)
    }

    /// Whether something of the object goes that no apply would take away.
    func removesFields(of identity: Resource.Identity) -> Bool { removed.contains { $0.isOf(identity) } }

    /// The objects without the fields that stay theirs.
    func leaving(_ objects: [DesiredObject]) -> [DesiredObject] {
        guard !kept.isEmpty else { return objects }
        return objects.map { object in
            kept.filter { $0.concerns(object.identity) }.reduce(object) { $0.without($1.path) }
        }
    }

    /// Applies an object; where only fields that shall become ours stand in the way, they do. Fields of others that
    /// shall go are then removed.
    func apply(_ object: DesiredObject, isDryRun: Bool = false, to api: KubernetesAPI) async throws -> Node {
        var applied = try await written(object, isDryRun: isDryRun, to: api)
        if !isDryRun { applied = try await taking(taken(of: object), of: applied, object, api) }
        let fields = removed.filter { $0.isOf(object.identity) && $0.stands(in: applied) }.map(\.path)
        if fields.isEmpty { return applied }
        // From the back: what is removed from a list moves what follows.
        let ordered = fields.sorted { $1.precedes($0) }
        if isDryRun { return ordered.reduce(applied) { $0.removing($1.steps[...]) } }
        return try await api.remove(ordered, of: applied, object.type)
    }

    private func written(_ object: DesiredObject, isDryRun: Bool, to api: KubernetesAPI) async throws -> Node {
        do {
            return try await forced(object, isDryRun: isDryRun, to: api)
        } catch let status as APIStatus where RenumberedPorts.areRefused(status, object) {
            guard let restored = try await restored(object, isDryRun: isDryRun, to: api) else {
                // It may have been set right meanwhile.
                return try await forced(object, isDryRun: isDryRun, to: api)
            }
            if isDryRun { return restored.object }
            let applied = try await forced(object, isDryRun: false, to: api)
            let fields = restored.ports.flatMap { Self.leaves($0, of: object) }
            return try await taking(fields, of: applied, object, api)
        }
    }

    /// Gives ports that somebody else has renumbered their numbers back, where they shall become ours.
    ///
    /// - Returns: the object as it is then, or as it would be once applied, and which of its ports had another number;
    ///   nil where none had.
    private func restored(
        _ object: DesiredObject, isDryRun: Bool, to api: KubernetesAPI
    ) async throws -> (object: Node, ports: [NodePath])? {
        let identity = object.identity
        var backoff = Backoff()
        var attempt = 1
        while true {
            // As it is now: what was read for a fleet may be older than what was just refused.
            let live = try await api.direct.get(object.type, namespace: identity.namespace, name: identity.name)
            guard let live, let change = RenumberedPorts.restoration(live, object) else { return nil }
            guard mayTake(change.conflict, object) else { throw change.conflict }
            do {
                var restored = try await api.set(
                    RenumberedPorts.path, of: live, to: change.ports, object.type, isDryRun: isDryRun)
                // Nothing can be tried on top of what was only tried.
                if isDryRun { restored.merge(object.without(RenumberedPorts.path).manifest) }
                return (restored, change.restored)
            } catch let status as APIStatus where status.isOutdated && attempt < Self.attempts {
                attempt += 1
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Applies an object, by force where only fields that shall become ours stand in the way.
    private func forced(_ object: DesiredObject, isDryRun: Bool, to api: KubernetesAPI) async throws -> Node {
        do {
            return try await api.apply(object.type, object.manifest, .init(isDryRun: isDryRun))
        } catch let status as APIStatus where status.isConflict && mayTake(status, object) {
            return try await api.apply(
                object.type, object.manifest, .init(isDryRun: isDryRun, takesOwnership: true))
        }
    }

    private func mayTake(_ status: APIStatus, _ object: DesiredObject) -> Bool {
        let conflicts = status.causes.filter { $0.reason == "FieldManagerConflict" }
        return !conflicts.isEmpty
            && conflicts.allSatisfy { conflict in
                let path = APIFieldPath(conflict.field).resolved(in: object.manifest)
                if AutoscalerHandover.mayTakeBack(path, of: object, from: conflict.message) { return true }
                return taken.contains {
                    $0.covers(path, of: object.identity) || $0.leads(through: path, of: object.identity)
                }
            }
    }
}

extension FieldOwnership.Choice: CustomStringConvertible {
    /// As it is written.
    package var description: String { "\(object.map { "\($0):" } ?? "")\(path)" }
}

extension Diagnostic.Code {
    static let ownershipChoice = Self("usage.ownership")
}
