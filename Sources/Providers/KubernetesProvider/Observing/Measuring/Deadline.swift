/// Work that is worth a time, and no more.
enum Deadline {
    /// Runs `work` on the items, `limit` at once, and gives what came in time; the rest is cancelled.
    static func collect<Item: Sendable, Value: Sendable>(
        _ items: [Item], within time: Duration, atOnce limit: Int,
        _ work: @escaping @Sendable (Item) async -> (String, Value)?
    ) async -> [String: Value] {
        await withTaskGroup(of: Arrival<Value>.self) { group in
            group.addTask {
                try? await Task.sleep(for: time)
                return .over
            }
            var rest = items[...]
            for item in rest.prefix(limit) { group.addTask { .done(await work(item)) } }
            rest = rest.dropFirst(limit)
            var found: [String: Value] = [:]
            var open = items.count
            while open > 0, case .done(let result)? = await group.next() {
                open -= 1
                if let (key, value) = result { found[key] = value }
                if let item = rest.popFirst() { group.addTask { .done(await work(item)) } }
            }
            group.cancelAll()
            return found
        }
    }

    /// What `work` gives, or nil where it takes longer or fails.
    static func value<Value: Sendable>(
        within time: Duration, _ work: @escaping @Sendable () async throws -> Value?
    ) async -> Value? {
        await collect([()], within: time, atOnce: 1) { _ in
            (try? await work()).flatMap(\.self).map { ("", $0) }
        }[""]
    }
}

/// What comes first: an item's result, or the end of the time.
private enum Arrival<Value: Sendable>: Sendable {
    case done((String, Value)?)
    case over
}
