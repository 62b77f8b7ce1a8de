import Diagnostics
import Documents
import KubernetesClient
import ServiceModel

/// Looks for everything that would stop a deployment half-way, before the first write.
///
/// Each check asks the cluster, some at once. What a user may not read is left out: a right that is missing for
/// looking does not keep anybody from deploying.
struct Preflight: Sendable {
    let cluster: Cluster
    let objects: [DesiredObject]
    let changes: [Change]
    let service: ServiceIdentity
    /// Whether nodes are made for the service where they are missing: then those that there are decide nothing.
    let hasOwnNodes: Bool
    /// Told of what may come right by itself.
    let warn: @Sendable (Diagnostic) -> Void

    /// - Throws: ``DiagnosticReport`` with everything that was found.
    func check() async throws {
        let changing = changes.filter { $0.action != .unchanged }
        guard !changing.isEmpty else { return }
        async let rights = RightsCheck(cluster: cluster, namespace: service.namespace).problems(changing, objects)
        async let references = ReferenceCheck(cluster: cluster, service: service).problems(objects)
        async let capacity = CapacityCheck(cluster: cluster, service: service, looksAtNodes: !hasOwnNodes)
            .problems(objects, changing)
        var problems = DiagnosticCollector()
        for problem in try await rights + references + capacity { problems.report(problem) }
        try problems.throwIfErrors()
        for warning in problems.warnings { warn(warning) }
    }
}

extension Preflight {
    /// What `work` finds; nothing where the user may not look.
    static func looking<Value>(_ work: () async throws -> Value) async throws -> Value? {
        do {
            return try await work()
        } catch let status as APIStatus where status.isDenied || status.isNotFound {
            return nil
        }
    }
}
