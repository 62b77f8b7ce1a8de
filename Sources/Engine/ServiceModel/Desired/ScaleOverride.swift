/// Replicas that `scale` set. Later deployments keep them until one names replicas itself, or until they expire.
public struct ScaleOverride: Sendable, Hashable {
    /// What decides how many replicas run.
    public enum Replicas: Sendable, Hashable {
        case fixed(Int)
        /// An autoscaler, between these two.
        case between(minimum: Int, maximum: Int)
    }

    public let replicas: Int
    /// When it ends, in seconds since 1970; nil when it stays.
    public let expires: Int?
    /// The replicas that an earlier `scale` had set to stay: they are back when these expire.
    public let lasting: Int?
    /// What the configuration asks for. Nil only in records of versions that did not keep it, which never expire.
    public let configured: Replicas?

    public init(replicas: Int, expires: Int? = nil, lasting: Int? = nil, configured: Replicas? = nil) {
        self.replicas = replicas
        self.expires = expires
        self.lasting = lasting
        self.configured = configured
    }

    /// - Parameter now: seconds since 1970.
    public func isExpired(at now: Int) -> Bool { expires.map { $0 <= now } ?? false }

    /// How long it still holds; nil for one that stays, and nothing for one that is over.
    public func timeLeft(at now: Int) -> TimeSpan? {
        expires.map { TimeSpan(seconds: max(0, $0 - now)) }
    }

    /// What decides once it has expired.
    public var successor: Replicas? { lasting.map(Replicas.fixed) ?? configured }

    /// What of it holds at a time: itself, the lasting one that it stood over, or nothing.
    public func effective(at now: Int) -> ScaleOverride? {
        guard isExpired(at: now) else { return self }
        return lasting.map { ScaleOverride(replicas: $0, configured: configured) }
    }
}

extension ScaleOverride.Replicas: CustomStringConvertible {
    /// `3`, or `2 to 10` where an autoscaler decides.
    public var description: String {
        switch self {
        case .fixed(let replicas): "\(replicas)"
        case .between(let minimum, let maximum): minimum == maximum ? "\(minimum)" : "\(minimum) to \(maximum)"
        }
    }
}

extension Release {
    /// What `scale` set and still holds; nil where the configuration decides.
    ///
    /// - Parameter now: seconds since 1970.
    public func scaleOverride(at now: Int) -> ScaleOverride? { scaleOverride?.effective(at: now) }
}
