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
            return TerraformWork(known, context, mayWrite)
        }
        let workspace = try await engine.workspace(
            of: release.service, at: .aws,
            place: [context.identity.account, context.api.region, context.cluster.name], module: module,
            keys: try await keys())
        try check(workspace, past)
        let planned = try await planned(
            workspace, module: module.configuration, isDestroyed: release.resources.isEmpty,
            isUnfinished: past.contains { $0.terraformModule != nil && $0.status != .deployed }, deleteData: deleteData)
        if let shown, !planned.changes.areSame(as: shown) {
            throw Diagnostic(
                .error, .staleCloud, "Terraform would do something else than was shown",
                why: "what is there at AWS has changed since", fix: "deploy again: it is planned anew")
        }
        if !isPreview { memory.keep(planned, of: release.service) }
        return TerraformWork(planned, context, mayWrite)
    }

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
        planned.changes = planned.plan?.changes ?? []
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

extension Diagnostic.Code {
    static let missingState = Self("terraform.no-state", .failed)
}
