public import Diagnostics

/// More than a status tells: of one service, for somebody who looks into it.
public struct ServiceInspection: Sendable {
    /// One thing that the place where the service runs says of it.
    public struct Condition: Sendable {
        /// `Deployment/demo`.
        public let subject: String
        /// `Available`, `ScalingActive` …
        public let type: String
        /// `True`, `False` or `Unknown`.
        public let status: String
        /// Why, in a word and in words.
        public let reason: String
        public let message: String
        /// Since when, in seconds since 1970; nil where that is not told.
        public let since: Int?

        public init(subject: String, type: String, status: String, reason: String, message: String, since: Int?) {
            self.subject = subject
            self.type = type
            self.status = status
            self.reason = reason
            self.message = message
            self.since = since
        }
    }

    /// Something that happened.
    public struct Event: Sendable {
        /// `Pod/demo-55c869bc46-6wvz6`.
        public let subject: String
        public let isWarning: Bool
        public let reason: String
        public let message: String
        /// How many times.
        public let count: Int
        /// The last time, in seconds since 1970.
        public let time: Int

        public init(subject: String, isWarning: Bool, reason: String, message: String, count: Int, time: Int) {
            self.subject = subject
            self.isWarning = isWarning
            self.reason = reason
            self.message = message
            self.count = count
            self.time = time
        }
    }

    public let status: ServiceStatus
    public let conditions: [Condition]
    /// The latest ones, newest first.
    public let events: [Event]
    /// Why it is not healthy, at the configuration line behind it where that is known; nil where it is, or where no
    /// more is known than the status' ``ServiceStatus/cause``.
    public let problem: Diagnostic?

    public init(
        status: ServiceStatus, conditions: [Condition] = [], events: [Event] = [], problem: Diagnostic? = nil
    ) {
        self.status = status
        self.conditions = conditions
        self.events = events
        self.problem = problem
    }
}
