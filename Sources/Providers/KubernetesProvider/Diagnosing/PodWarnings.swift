import Documents

/// The warnings that a cluster gave about one pod: the latest of each topic.
struct PodWarnings: Sendable {
    /// What a warning is about. One reason stands for several things, told apart by their first words:
    /// `Unhealthy` for all three probes, `Failed` for a pull and for the mere naming of a state.
    enum Topic: Hashable {
        case pull
        case mount
        case readiness
        case liveness
        case startup
        case other(String)

        init(_ reason: String, _ message: String) {
            self =
                switch reason {
                case "FailedMount", "FailedAttachVolume": .mount
                case "Failed" where message.hasPrefix("Failed to pull image"): .pull
                case "Unhealthy" where message.hasPrefix("Readiness"): .readiness
                case "Unhealthy" where message.hasPrefix("Liveness"): .liveness
                case "Unhealthy" where message.hasPrefix("Startup"): .startup
                default: .other(reason)
                }
        }
    }

    private var latest: [Topic: (time: String, reason: String, message: String)] = [:]

    mutating func add(_ event: Node) {
        guard let reason = event["reason"]?.string else { return }
        let message = event["message"]?.string ?? ""
        let topic = Topic(reason, message)
        // RFC 3339 in UTC: later is greater.
        let time =
            event["lastTimestamp"]?.string ?? event["eventTime"]?.string
            ?? event.value("metadata", "creationTimestamp")?.string ?? ""
        if let known = latest[topic], known.time > time { return }
        latest[topic] = (time, reason, message)
    }

    func message(_ topic: Topic) -> String? { latest[topic]?.message }

    /// `Reason: message` of the newest.
    var newest: String? {
        latest.max { $0.value.time < $1.value.time }.map { "\($0.value.reason): \($0.value.message)" }
    }
}
