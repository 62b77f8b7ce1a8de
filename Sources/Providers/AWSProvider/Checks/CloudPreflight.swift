import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Looks for everything at AWS that would stop a deployment half-way, before the first write.
///
/// What the credentials may not read is left out: a right that is missing for looking keeps nobody from deploying.
struct CloudPreflight: Sendable {
    let context: DriverContext
    let release: Release
    let plan: CloudPlan

    /// - Parameter changes: of the plan as a whole.
    /// - Returns: everything that was found.
    func problems(_ changes: [Change]) async throws -> [Diagnostic] {
        let changing = Set(changes.filter { $0.action != .unchanged && $0.action != .delete }.map(\.resource))
        let pods = release.resources.filter { $0.identity.kind == "Deployment" && changing.contains($0.identity) }
        let steps = plan.steps.filter { $0.change.action != .delete }
        let roles = steps.filter { $0.kind == .role && changing.contains($0.resource.identity) }
        let groups = steps.filter { $0.kind == .nodeGroup && changing.contains($0.resource.identity) }
        async let images = pods.concurrentMap(atOnce: 4) { [context] pod in
            try await Self.located(pod) { try await ImageCheck(context: context).problems(pod) }
        }
        async let secrets = roles.concurrentMap(atOnce: 4) { [context] step in
            try await Self.located(step.resource) { try await SecretCheck(context: context).problems(step.resource) }
        }
        async let issuers = roles.concurrentMap(atOnce: 4) { [context] step in
            try await Self.located(step.resource) { try await IssuerCheck(context: context).problems(step.resource) }
        }
        async let nodes = groups.concurrentMap(atOnce: 4) { [context] step in
            try await Self.located(step.resource) { try await InstanceCheck(context: context).problems(step) }
        }
        let isScaled =
            !groups.isEmpty || changing.contains { ["Deployment", "HorizontalPodAutoscaler"].contains($0.kind) }
        let rooms = steps.filter { $0.kind == .nodeGroup && isScaled }
            .flatMap { RoomCheck(release: release).problems($0.resource) }
        return try await (images + secrets + issuers + nodes).flatMap { $0 } + rooms
    }

    /// What AWS refuses is told at the resource that is looked at.
    private static func located(_ resource: Resource, _ work: () async throws -> [Diagnostic]) async throws
        -> [Diagnostic]
    {
        do {
            return try await work()
        } catch let error where !(error is CancellationError) {
            throw AWSRefusal.told(error, of: resource)
        }
    }

    /// What `work` finds; nil where nobody may look, or nobody answers such questions, as emulators do.
    static func looking<Value>(_ work: () async throws -> Value) async throws -> Value? {
        do {
            return try await work()
        } catch let error as AWSError where error.isAccessDenied || [500, 501].contains(error.status) {
            return nil
        }
    }
}
