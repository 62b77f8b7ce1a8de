import AWSClient
import Diagnostics
import ServiceModel

/// Makes what a service needs of AWS through its REST interfaces.
struct RESTReconciler: CloudReconciler {
    let context: DriverContext

    /// As it is now, whatever was shown: what a killed deployment has made since is found.
    func work(
        for release: Release, past: [Release], deleteData: Bool, shown: [Change]?
    ) async throws -> any CloudWork {
        Work(
            context: context, release: release,
            plan: try await CloudPlanner(context: context).plan(release, past: past, deleteData: deleteData),
            deleteData: deleteData)
    }

    private struct Work: CloudWork {
        let context: DriverContext
        let release: Release
        let plan: CloudPlan
        let deleteData: Bool

        var changes: [Change] { plan.changes }
        var kept: [Resource] { plan.kept.map(\.resource) }

        func problems(_ changes: [Change]) async throws -> [Diagnostic] {
            try await CloudPreflight(context: context, release: release, plan: plan).problems(changes)
        }

        func beforePods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws {
            try await CloudApplier(context: context, report: report).write(plan, beforePods: true)
        }

        func afterPods(_ report: @escaping @Sendable (DeploymentEvent) -> Void) async throws -> [String] {
            let applier = CloudApplier(context: context, report: report)
            try await applier.write(plan, beforePods: false)
            return try await applier.remove(plan, deleteData: deleteData)
        }
    }
}
