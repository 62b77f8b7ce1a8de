import Documents

/// The warnings that a cluster gave about one pod: the latest of each reason.
struct PodWarnings: Sendable {
    private var latest: [String: (time: String, message: String)] = [:]

    mutating func add(_ event: Node) {
        guard let reason = event["reason"]?.string else { return }
        // RFC 3339 in UTC: later is greater.
        let time =
            event["lastTimestamp"]?.string ?? event["eventTime"]?.string
            ?? event.value("metadata", "creationTimestamp")?.string ?? ""
        if let known = latest[reason], known.time > time { return }
        latest[reason] = (time, event["message"]?.string ?? "")
    }

    func message(_ reason: String) -> String? { latest[reason]?.message }

    /// `Reason: message` of the newest.
    var newest: String? {
        latest.max { $0.value.time < $1.value.time }.map { "\($0.key): \($0.value.message)" }
    }
}
