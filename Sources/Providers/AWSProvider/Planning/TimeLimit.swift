import Diagnostics
import ServiceModel

/// Ends work that needs longer than it may.
enum TimeLimit {
    static func of<Value: Sendable>(
        _ time: TimeSpan, for service: ServiceIdentity, isDestroyed: Bool,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .milliseconds(time.milliseconds))
                throw isDestroyed
                    ? Diagnostic(
                        .error, .timedOut, "`\(service.name)` is not gone after \(time)",
                        why: "AWS has not deleted in time what it had there",
                        fix: "destroy it again to go on, with a longer --timeout")
                    : Diagnostic(
                        .error, .timedOut, "`\(service.name)` is not ready after \(time)",
                        why: "what it needs of AWS has not come up in time",
                        fix: "deploy again to go on, with a longer --timeout")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
