import Synchronization

/// Keeps a client from repeating without end while a service is in trouble: each repetition costs tokens, which only
/// success brings back. The numbers are those of the SDKs' standard mode.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
final class RetryQuota: Sendable {
    private static let capacity = 500
    private static let retryCost = 5
    private static let timeoutCost = 10

    private let tokens = Mutex(capacity)

    /// - Returns: what was taken; nil where too little is left.
    func take(isTimeout: Bool) -> Int? {
        let cost = isTimeout ? Self.timeoutCost : Self.retryCost
        return tokens.withLock { tokens in
            guard tokens >= cost else { return nil }
            tokens -= cost
            return cost
        }
    }

    /// - Parameter taken: by the last repetition before the success; nil where there was none.
    func giveBack(_ taken: Int?) {
        tokens.withLock { $0 = min(Self.capacity, $0 + (taken ?? 1)) }
    }
}
