package import Diagnostics
package import ServiceModel

/// What the services of one context of a kubeconfig are doing, or why that is not known.
package struct ContextStatus: Sendable {
    package let context: String
    package let statuses: [ServiceStatus]
    /// Empty where the cluster has answered.
    package let problems: [Diagnostic]
}

extension CompositionRoot {
    /// The longest time that a cluster is waited for: one that does not answer must not hide the others.
    private static let patience = Duration.seconds(20)
    private static let concurrency = 8

    /// Asks the clusters of all contexts at once, some at a time.
    ///
    /// - Parameter namespace: the only one to look into; nil means all.
    /// - Returns: in the order of the contexts.
    package func statuses(
        of kind: ProviderKind, in contexts: [String], at choice: ClusterChoice, namespace: String?, withEndpoints: Bool
    ) async throws -> [ContextStatus] {
        try await contexts.concurrentMap(atOnce: Self.concurrency) { context in
            try await status(of: kind, in: context, at: choice) {
                try await $0.statuses(in: namespace, withEndpoints: withEndpoints)
            }
        }
    }

    private func status(
        of kind: ProviderKind, in context: String, at choice: ClusterChoice,
        _ look: @escaping @Sendable (any Provider) async throws -> [ServiceStatus]
    ) async throws -> ContextStatus {
        var choice = choice
        choice.context = context
        let root = at(choice)
        do {
            let statuses = try await withThrowingTaskGroup(of: [ServiceStatus].self) { group in
                group.addTask { try await look(root.provider(kind)) }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    throw Diagnostic(
                        .error, .contextTimedOut, "the cluster does not answer",
                        why: "it was waited for \(Self.patience.components.seconds)s",
                        fix: "see whether it can be reached from here: `synthdata-infra doctor --context \(context)`")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
            return ContextStatus(context: context, statuses: statuses, problems: [])
        } catch let problem as Diagnostic {
            return ContextStatus(context: context, statuses: [], problems: [Self.told(problem, context)])
        } catch let report as DiagnosticReport {
            return ContextStatus(
                context: context, statuses: [], problems: report.diagnostics.map { Self.told($0, context) })
        }
    }

    private static func told(_ problem: Diagnostic, _ context: String) -> Diagnostic {
        var problem = problem
        problem.what = "context `\(context)`: \(problem.what)"
        return problem
    }
}

extension Diagnostic.Code {
    static let contextTimedOut = Self("kubernetes.no-answer", .failed)
}
