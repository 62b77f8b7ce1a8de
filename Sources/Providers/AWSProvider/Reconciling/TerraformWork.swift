import AWSClient
import Diagnostics
import Documents
import ServiceModel
import Synchronization
import TerraformClient

/// What Terraform is about to do for one service.
struct PlannedTerraform: Sendable {
    let workspace: TerraformWorkspace
    let module: Node
    /// Nil where there is nothing left that it is about.
    var plan: TerraformPlan?
    let isDestroyed: Bool
    /// By address.
    var changes: [Change] = []
    /// Addresses that it is about; empty means all.
    var targets: [String] = []
    /// What is taken over instead of made.
    var adopted: [String: String] = [:]
    /// The node group with the nodes that it is to have; has a live one where Terraform does not make them.
    var nodes: CloudPlan.Step?
    /// The node group, where another one has the name that it is to have: an attempt at it that has failed, or was cut
    /// off before Terraform could write it down.
    var inTheWay: CloudPlan.Step? { nodes.flatMap { $0.superseded.isEmpty ? nil : $0 } }
    /// What stays for what it holds, in words.
    var kept: [String] = []
    /// What goes with all that it holds.
    var full: [DataStore] = []

    init(workspace: TerraformWorkspace, module: Node, plan: TerraformPlan, isDestroyed: Bool) {
        self.workspace = workspace
        self.module = module
        self.plan = plan
        self.isDestroyed = isDestroyed
    }
}

/// The plans that were shown, until they are applied: Terraform itself refuses one whose state has changed since.
final class TerraformMemory: Sendable {
    private let plans = Mutex<[ServiceIdentity: PlannedTerraform]>([:])

    func keep(_ plan: PlannedTerraform, of service: ServiceIdentity) { plans.withLock { $0[service] = plan } }

    func take(_ service: ServiceIdentity) -> PlannedTerraform? { plans.withLock { $0.removeValue(forKey: service) } }
}

struct TerraformWork: CloudWork {
    private let planned: PlannedTerraform
    private let release: Release
    private let context: DriverContext
    private let mayWrite: @Sendable () async throws -> Void

    init(
        _ planned: PlannedTerraform, _ release: Release, _ context: DriverContext,
        _ mayWrite: @escaping @Sendable () async throws -> Void
    ) {
        self.release = release
        self.planned = planned
        self.context = context
        self.mayWrite = mayWrite
    }

    var changes: [Change] { planned.changes }
    /// Terraform's state remembers it.
    var kept: [Resource] { [] }

    /// Terraform's own plan has read secrets and keys; zones, quotas and room are looked at as without it.
    func problems(_ changes: [Change]) async throws -> [Diagnostic] {
        let nodes = CloudPlan(steps: [planned.nodes].compactMap(\.self))
        return try await CloudPreflight(context: context, release: release, plan: nodes).problems(changes)
    }

    // MARK: Apply

    private var work: [Change] { planned.plan?.changes ?? [] }
    private var makes: Bool { work.contains { ![.delete, .unchanged].contains($0.action) } }
    private var deletes: Bool { work.contains { $0.action == .delete } }

    func beforePods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws {
        try await make(report)
        if let nodes = planned.nodes, nodes.live != nil {
            try await CloudApplier(context: context, report: report)
                .write(CloudPlan(steps: [nodes]), beforePods: true)
        }
    }

    private func make(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws {
        guard makes, var plan = planned.plan else { return }
        if let nodes = planned.inTheWay {
            _ = try await CloudApplier(context: context, report: report)
                .remove(CloudPlan(steps: [nodes]), deleteData: false)
        }
        if deletes || planned.inTheWay != nil {
            // What goes is still used by the pods that there are: it is left for later.
            let gone = Set(plan.deletions.map(\.address))
            plan = try checked(
                try await planned.workspace.plan(
                    destroying: false, only: plan.addresses.filter { !gone.contains($0) }, adopting: planned.adopted,
                    locking: true))
        }
        tell(try await apply(plan, report), report)
        let isIdentified = plan.changes.contains {
            $0.action == .create && $0.resource.kind == "aws_eks_pod_identity_association"
        }
        if isIdentified { try await Task.sleep(for: context.propagation) }
    }

    func afterPods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws -> [String] {
        guard deletes, var plan = planned.plan else { return planned.kept }
        if makes {
            plan = try checked(
                try await planned.workspace.plan(
                    destroying: planned.isDestroyed, only: planned.targets, locking: true))
        }
        for bucket in planned.full where bucket.isBucket {
            // Terraform deletes no bucket that holds anything.
            try await BucketContents(name: bucket.name, api: context.api).delete()
        }
        _ = try await apply(plan, report)
        return planned.kept
    }

    private func apply(
        _ plan: TerraformPlan, _ report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> [String: Node] {
        try await mayWrite()
        return try await planned.workspace.apply(plan, report: report)
    }

    /// - Throws: ``Diagnostic`` where a part of the plan is not what was shown.
    private func checked(_ part: TerraformPlan) throws(Diagnostic) -> TerraformPlan {
        for change in part.changes where change.action != .unchanged {
            // What was in the way of another of its name is gone by now.
            let actions = change.action == .create ? [.create, .replace] : [change.action]
            guard changes.contains(where: { $0.resource == change.resource && actions.contains($0.action) }) else {
                throw Diagnostic(
                    .error, .staleCloud, "Terraform would do something else than was shown",
                    why: "\(change.action.rawValue) \(change.resource)", fix: "deploy again: it is planned anew")
            }
        }
        return part
    }

    private func tell(_ outputs: [String: Node], _ report: @Sendable (DeploymentEvent) -> Void) {
        let outputs = outputs.compactMap { name, value in value.string.map { "\(name) \($0)" } }
        if !outputs.isEmpty {
            report(
                .working("Terraform made " + outputs.sorted().joined(separator: ", ")))
        }
    }

    /// Of a service that has nothing that Terraform would know.
    struct Nothing: CloudWork {
        var changes: [Change] { [] }
        var kept: [Resource] { [] }
        func problems(_ changes: [Change]) -> [Diagnostic] { [] }
        func beforePods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) {}
        func afterPods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) -> [String] { [] }
    }
}

extension [Change] {
    /// Whether the same is done to the same resources, with the same values.
    func areSame(as others: [Change]) -> Bool {
        func key(_ change: Change) -> Node {
            [
                "resource": .string("\(change.resource)"), "action": .string(change.action.rawValue),
                "fields": .sequence(
                    change.fields.map {
                        ["path": .string("\($0.path)"), "old": $0.old ?? .null, "new": $0.new ?? .null]
                    }),
            ]
        }
        func keys(_ changes: [Change]) -> [String] {
            changes.filter { $0.action != .unchanged }.map { JSONEmitter.emit(key($0)) }.sorted()
        }
        return keys(self) == keys(others)
    }
}
