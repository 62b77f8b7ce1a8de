import Diagnostics
import Documents
package import ServiceModel

/// Planning: the desired manifest against the one that is really served.
extension LocalProvider {
    package func plan(_ release: Release, deleteData: Bool) async throws -> Plan {
        let folder = folder(release.service)
        let known = try await releases.releases(of: release.service).map(\.revision).max() ?? 0
        let desired = DesiredState.read(folder.desired, warn: warn)
        let serving = DesiredState.read(folder.serving, warn: warn)
        let live = try await liveSnapshot(folder)
        var release = release
        if release.revision == 0 { release.revision = max(known, desired?.release.revision ?? 0) + 1 }
        guard let resource = release.resources.first else {
            return planDestroy(release, folder, serving ?? desired, isRunning: live != nil, deleteData: deleteData)
        }
        // What cannot be run is told before anything is touched or recorded.
        let wanted = try DesiredState(release: release, launch: launch, created: 0)
        _ = try launch.resolve(wanted.spec)
        let base = serving ?? desired
        let change: Change
        if let base, let old = base.release.resources.first {
            change = Self.change(resource, from: old, wanted, live, base, asked: desired)
        } else {
            change = Change(resource: resource.identity, action: .create, effect: .none)
        }
        return Plan(release: release, baseRevision: base?.release.revision ?? 0, changes: [change])
    }

    private static func change(
        _ resource: Resource, from old: Resource, _ wanted: DesiredState, _ live: ServiceSnapshot?,
        _ base: DesiredState, asked: DesiredState?
    ) -> Change {
        let fields = FieldDifference.between(old.manifest, resource.manifest)
        if !fields.isEmpty {
            let effect = fields.map { Self.effect(of: $0.path) }.max() ?? .none
            return Change(resource: resource.identity, action: .update, effect: effect, fields: fields)
        }
        guard let reason = unfinished(live, base, wanted, asked) else {
            return Change(resource: resource.identity, action: .unchanged, effect: .none)
        }
        return Change(resource: resource.identity, action: .update, effect: .inPlace, reason: reason)
    }

    /// Why an equal manifest still needs work; nil when it runs as it should.
    private static func unfinished(
        _ live: ServiceSnapshot?, _ base: DesiredState, _ wanted: DesiredState, _ asked: DesiredState?
    ) -> String? {
        // Scaled to nothing, it still has an endpoint to keep.
        guard let live else { return "its supervisor is gone: it will be started again" }
        if let asked, asked.release.revision > base.release.revision,
            asked.release.revision != live.failure?.revision
        {
            return "revision \(asked.release.revision) was cut off: it will be taken back"
        }
        if live.revision != base.release.revision { return "revision \(live.revision) is rolling out" }
        let ready = live.replicas.count { $0.state == "ready" }
        if ready < wanted.spec.replicas {
            return "\(ready) of \(wanted.spec.replicas) replicas are ready: it will be watched until all are"
        }
        return nil
    }

    /// What a difference in one field does to what runs.
    static func effect(of path: NodePath) -> Effect {
        guard path.steps.first == .key("spec"), path.steps.count > 1, case .key(let field) = path.steps[1] else {
            return .inPlace
        }
        return LocalServiceSpec.processFields.contains(field) ? .rolling : .inPlace
    }

    private func planDestroy(
        _ release: Release, _ folder: StateFolder, _ base: DesiredState?, isRunning: Bool, deleteData: Bool
    ) -> Plan {
        let hasData = !dataFolders(folder).isEmpty
        let identity =
            base?.release.resources.first?.identity
            ?? Resource.Identity(
                apiVersion: LocalServiceSpec.apiVersion, kind: LocalServiceSpec.kind,
                namespace: release.service.namespace, name: release.service.name.value)
        // What an earlier destroy could not remove is there, too.
        let isThere = base != nil || isRunning || !removable(folder, deleteData: deleteData).isEmpty
        let change = Change(
            resource: identity, action: .delete, effect: deleteData && hasData ? .dataLoss : .replace)
        return Plan(
            release: release, baseRevision: base?.release.revision ?? 0, changes: isThere ? [change] : [])
    }

    /// Data folders of replicas that hold something.
    func dataFolders(_ folder: StateFolder) -> [String] {
        FolderListing.contents(of: folder.replicas).compactMap { slot in
            let path = "\(folder.replicas)/\(slot)/data"
            return FolderListing.contents(of: path).isEmpty ? nil : path
        }
    }

    /// What the supervisor says; nil when none answers.
    func liveSnapshot(_ folder: StateFolder) async throws -> ServiceSnapshot? {
        do {
            return try await ControlClient(folder: folder).status()
        } catch is ControlClient.Unreachable {
            return nil
        } catch is Deadline.Passed {
            return nil
        } catch let problem as Diagnostic where problem.code == .supervisorProtocol {
            // An older supervisor runs it: the next deployment replaces that supervisor.
            return nil
        }
    }
}
