import AWSClient
import Diagnostics
import Documents
import ServiceModel
import TerraformClient

/// Makes what a service needs of AWS by Terraform.
struct TerraformReconciler: CloudReconciler {
    let engine: TerraformEngine
    let context: DriverContext
    let memory: TerraformMemory
    /// Whether plans are only looked at: then nobody is kept from the state meanwhile.
    let isPreview: Bool
    /// Asked before Terraform is let change anything.
    let mayWrite: @Sendable () async throws -> Void

    func work(
        for release: Release, past: [Release], deleteData: Bool, shown: [Change]?
    ) async throws -> any CloudWork {
        let modules = [release].compactMap(\.terraformModule) + past.reversed().compactMap(\.terraformModule)
        guard let module = modules.first else { return TerraformWork.Nothing() }
        if let shown, let known = memory.take(release.service), known.module == module.configuration,
            known.changes.areSame(as: shown)
        {
            return TerraformWork(known, release, context, mayWrite)
        }
        let workspace = try await engine.workspace(
            of: release.service, at: .aws,
            place: [context.identity.account, context.api.region, context.cluster.name], module: module,
            keys: try await keys())
        try check(workspace, past)
        var planned = try await planned(
            workspace, module: module.configuration, isDestroyed: release.resources.isEmpty,
            isUnfinished: isUnfinished(module, past), deleteData: deleteData)
        if !release.resources.isEmpty {
            try await takeOver(&planned, release, past)
            try await addNodes(&planned, module)
        }
        if let shown, !planned.changes.areSame(as: shown) {
            throw Diagnostic(
                .error, .staleCloud, "Terraform would do something else than was shown",
                why: "what is there at AWS has changed since", fix: "deploy again: it is planned anew")
        }
        if !isPreview { memory.keep(planned, of: release.service) }
        return TerraformWork(planned, release, context, mayWrite)
    }

    // MARK: Taking over

    /// Tells in the plan that Terraform takes over what was made without it.
    ///
    /// - Throws: ``Diagnostic`` where something of that would be left to nobody.
    private func takeOver(_ planned: inout PlannedTerraform, _ release: Release, _ past: [Release]) async throws {
        guard let made = past.maker, made.terraformModule == nil,
            let module = release.resources.first(where: { TerraformModule($0) != nil })
        else { return }
        var nothing = release
        nothing.resources = []
        let all = try await CloudPlanner(context: context).plan(nothing, past: past, deleteData: true)
        let known = planned.plan?.ids ?? []
        for step in all.steps {
            let left = ([step.live].compactMap(\.self) + step.superseded)
                .first { !known.contains(step.kind.terraformID($0, context.cluster.name)) }
            guard let left else { continue }
            throw Diagnostic(
                .error, .otherEngine, "\(step.resource.identity) (\(left.id)) would be left behind",
                at: RefusedPlace.origin(of: step.resource),
                why: "Terraform takes over what the configuration asks for, which does not ask for this any more",
                fix: step.change.effect == .dataLoss
                    ? "it holds data, and stays with `--engine rest`, too: ask for it again, or move the data away, delete"
                        + " it, and deploy again"
                    : "deploy this configuration with `--engine rest` first, then with `--engine terraform`")
        }
        planned.changes.insert(
            Change(
                resource: module.identity, action: .create, effect: .none,
                reason: "Terraform takes over what revision \(made.revision) has made through REST"), at: 0)
    }

    // MARK: Nodes

    /// Adds the nodes that more pods need: how many there are is not Terraform's to say once it has made the group.
    private func addNodes(_ planned: inout PlannedTerraform, _ module: TerraformModule) async throws {
        guard let group = module.nodeGroup,
            let index = planned.changes.firstIndex(where: { $0.resource == group.identity })
        else { return }
        let driver = NodeGroupDriver(context: context)
        let wanted = driver.wanted(group, among: [])
        let change = planned.changes[index]
        planned.nodes = CloudPlan.Step(resource: group, kind: .nodeGroup, wanted: wanted, live: nil, change: change)
        guard change.action == .replace || context.needsNodes,
            let live = try await driver.live(wanted, of: group), ResourceOwnership.isOurs(live, group)
        else { return }
        if change.action == .replace { planned.nodes?.superseded = [live] }
        guard [.unchanged, .update].contains(change.action) else { return }
        let desired = NodePath(keys: ["scalingConfig", "desiredSize"])
        let fields = driver.difference(live, wanted).filter { $0.path == desired }
        guard let field = fields.first else { return }
        planned.nodes = CloudPlan.Step(
            resource: group, kind: .nodeGroup, wanted: wanted, live: live,
            change: Change(resource: group.identity, action: .update, effect: .inPlace, fields: fields))
        let shown = FieldChange(
            path: NodePath([.key("scaling_config"), .index(0), .key("desired_size")]), old: field.old, new: field.new)
        planned.changes[index] = Change(
            resource: group.identity, action: .update, effect: max(change.effect, .inPlace),
            fields: change.fields + [shown], reason: change.reason)
    }

    // MARK: Plan

    /// What goes and holds data is left out, unless it may go, too.
    private func planned(
        _ workspace: TerraformWorkspace, module: Node, isDestroyed: Bool, isUnfinished: Bool, deleteData: Bool
    ) async throws -> PlannedTerraform {
        var all = try await workspace.plan(destroying: isDestroyed, locking: !isPreview)
        let adopted = try await TerraformAdoption(context, module: module, isUnfinished: isUnfinished)
            .found(among: all.creations)
        if !adopted.isEmpty {
            all = try await workspace.plan(destroying: isDestroyed, adopting: adopted, locking: !isPreview)
        }
        let stores = try await all.deletions.concurrentMap(atOnce: 4) { try await DataStore($0, context.api) }
        let full = stores.compactMap(\.self).filter(\.holdsData)
        var planned = PlannedTerraform(workspace: workspace, module: module, plan: all, isDestroyed: isDestroyed)
        planned.adopted = adopted
        planned.changes = all.changes.map { change in
            let isEmpty =
                change.action == .delete && change.effect == .dataLoss
                && !full.contains { $0.address == "\(change.resource.kind).\(change.resource.name)" }
            return isEmpty ? Change(resource: change.resource, action: .delete, effect: .none) : change
        }
        if deleteData { planned.full = full }
        guard !deleteData, !full.isEmpty else { return planned }
        planned.kept = full.map { "\($0.description)" }
        planned.targets = all.addresses.filter { address in !full.contains { $0.isPart(address) } }
        planned.plan =
            planned.targets.isEmpty
            ? nil
            : try await workspace.plan(
                destroying: isDestroyed, only: planned.targets, adopting: adopted, locking: !isPreview)
        let names = Dictionary(full.map { ($0.address, $0.name) }) { first, _ in first }
        planned.changes =
            (planned.plan?.changes ?? [])
            + all.changes.compactMap { change in
                names["\(change.resource.kind).\(change.resource.name)"].map { .staying(change.resource, as: $0) }
            }
        return planned
    }

    /// The keys that this process has found, whatever they come from: a profile, a role, a login.
    private func keys() async throws -> [String: Redacted<String>?] {
        let credentials = try await context.api.currentCredentials()
        var keys: [String: Redacted<String>?] = ["AWS_EC2_METADATA_DISABLED": Redacted("true")]
        keys.updateValue(credentials.map { Redacted($0.accessKeyID) }, forKey: "AWS_ACCESS_KEY_ID")
        keys.updateValue(credentials?.secretAccessKey, forKey: "AWS_SECRET_ACCESS_KEY")
        // That of another identity would be sent along.
        keys.updateValue(credentials?.sessionToken, forKey: "AWS_SESSION_TOKEN")
        keys.updateValue(nil, forKey: "AWS_SECURITY_TOKEN")
        return keys
    }

    /// Whether a deployment that was to make the module's bucket, under its very name, was begun and not ended.
    private func isUnfinished(_ module: TerraformModule, _ past: [Release]) -> Bool {
        guard let name = module.bucketName else { return false }
        return past.contains { release in
            release.status != .deployed
                && (release.terraformModule?.bucketName == name
                    || release.resources.contains { resource in
                        resource.identity.cloudKind == .bucket
                            && context.bucketName(resource.manifest["spec"] ?? .null) == name
                    })
        }
    }

    /// What Terraform does not remember, it would make a second time.
    private func check(_ workspace: TerraformWorkspace, _ past: [Release]) throws(Diagnostic) {
        guard let folder = workspace.missingState,
            let made = past.last(where: {
                [.deployed, .destroyed].contains($0.status) && $0.terraformModule != nil
            })
        else { return }
        throw Diagnostic(
            .error, .missingState, "the Terraform state of `\(made.service.name)` is not on this machine",
            why: "revision \(made.revision) was deployed by Terraform, its state is in no backend, and there is none in"
                + " \(folder)",
            fix: "copy `terraform.tfstate` there from the machine that has it;"
                + " `providers.aws.terraform.backend` keeps it where all machines find it")
    }
}

extension TerraformModule {
    /// Nil for one without a bucket, or with a name that Terraform works out itself.
    fileprivate var bucketName: String? {
        configuration.value("resource", "aws_s3_bucket")?.mapping?.entries.first?.value["bucket"]?.string
    }
}

extension Diagnostic.Code {
    static let missingState = Self("terraform.no-state", .failed)
}
