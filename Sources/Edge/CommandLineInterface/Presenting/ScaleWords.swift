import ServiceModel

#if canImport(Glibc)
    import Glibc
#endif

/// Tells in words how long what `scale` set still holds, and what comes then.
struct ScaleWords {
    private let scale: ScaleOverride
    private let service: ServiceIdentity
    private let provider: ProviderKind
    private let place: CloudPlace?
    private let now: Int

    /// - Parameters:
    ///   - place: the cluster at a cloud that the service is in.
    ///   - now: seconds since 1970.
    init(
        _ scale: ScaleOverride, of service: ServiceIdentity, at provider: ProviderKind, in place: CloudPlace? = nil,
        now: Int = Int(time(nil))
    ) {
        self.provider = provider
        self.place = place
        self.scale = scale
        self.service = service
        self.now = now
    }

    private var replicas: String { "\(scale.replicas) replica\(scale.replicas == 1 ? "" : "s")" }
    private var successor: String { scale.successor.map { "\($0)" } ?? "what is configured" }

    /// As it has to be typed to reach the service.
    private var end: String {
        let place = CommandFlags.place(provider, in: place, namespace: service.namespace)
        return "`synthdata-infra scale --expire --service \(service.name)\(place)` or the next deploy goes back to"
            + " \(successor)"
    }

    /// Nil for what stays: there is nothing to wait for.
    var standing: String? {
        guard let expires = scale.expires, let left = scale.timeLeft(at: now) else { return nil }
        guard scale.isExpired(at: now) else {
            return "scaled to \(replicas) for another \(left); then \(end)"
        }
        return "scaled to \(replicas), which expired \(TimeSpan(seconds: now - expires)) ago; \(end)"
    }

    /// Of one that stays.
    var lasting: String {
        "scaled to \(replicas), until a deploy names --replicas; \(scale.configured.map { "\($0)" } ?? "another number") configured"
    }

    /// `1h59m left`, `expired`; nil for what stays.
    var brief: String? {
        guard let left = scale.timeLeft(at: now) else { return nil }
        return scale.isExpired(at: now) ? "expired" : "\(left) left"
    }
}
