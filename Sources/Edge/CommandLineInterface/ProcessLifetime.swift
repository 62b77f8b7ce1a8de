import Synchronization

/// Keeps things until the process ends.
///
/// What a large fleet has filled is thousands of small blocks of memory: giving them back one by one, right before the
/// system takes all of it, would only make whoever waits for the command wait longer.
enum ProcessLifetime {
    private static let kept = Mutex<[any Sendable]>([])

    static func keep(_ value: any Sendable) { kept.withLock { $0.append(value) } }
}
