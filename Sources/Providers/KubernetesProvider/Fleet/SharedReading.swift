/// Reads what many ask for at nearly the same time.
///
/// Whoever asks gets a reading that began after the question; all who ask while one is under way share the next.
actor SharedReading<Value: Sendable> {
    private let read: @Sendable () async throws -> Value
    private var running: Task<Value, any Error>?
    private var waiting: Task<Value, any Error>?

    init(_ read: @escaping @Sendable () async throws -> Value) {
        self.read = read
    }

    /// - Throws: what the reading throws, to all who share it.
    func value() async throws -> Value {
        if let waiting { return try await waiting.value }
        let before = running
        let task = Task { [read] in
            _ = await before?.result
            begin()
            return try await read()
        }
        waiting = task
        return try await task.value
    }

    private func begin() {
        running = waiting
        waiting = nil
    }
}
