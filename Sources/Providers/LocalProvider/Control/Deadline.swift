/// Bounds how long something may take.
enum Deadline {
    struct Passed: Error {}

    /// The result of `work`, which is cancelled when it takes longer.
    ///
    /// - Throws: ``Passed`` then, or what `work` throws.
    static func within<Value: Sendable>(
        _ duration: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: duration)
                throw Passed()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
