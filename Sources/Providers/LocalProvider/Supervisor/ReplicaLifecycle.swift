#if canImport(Glibc)
    import Glibc
#endif

/// The life of one replica: events in, actions out, no clock and no process of its own.
///
/// ```
///  waiting ─► starting ─► ready ◄─► unready
///     ▲           │         │          │
///     └── exited ─┴─────────┴──────────┤   (after a backoff)
///                                      ▼
///             draining ─► terminating ─► killed ─► ended
/// ```
///
/// All times are milliseconds of one clock that never goes back.
struct ReplicaLifecycle: Sendable {
    enum Phase: Sendable, Equatable {
        /// No process; the next start is due.
        case waiting(until: Int)
        /// A process runs that was not ready yet.
        case starting(since: Int)
        case ready(since: Int)
        /// It was ready and now fails its readiness probe.
        case unready(since: Int)
        /// It gets no new requests and finishes those that it has.
        case draining(since: Int)
        /// SIGTERM was sent.
        case terminating(since: Int)
        /// SIGKILL was sent.
        case killed
        /// It is over and will not start again.
        case ended
        /// It cannot become ready, and no process runs.
        case doomed(Doom)
    }

    /// Why a replica cannot become ready.
    enum Doom: Sendable, Equatable {
        /// The program could not be started.
        case cannotStart(String)
        case exits(String, times: Int)
        case neverReady(lastAnswer: String?)
    }

    enum Event: Sendable, Equatable {
        /// Time has passed.
        case tick
        case started
        case startFailed(String)
        case readiness(ProbeAnswer)
        case liveness(ProbeAnswer)
        case exited(ExitStatus)
        /// It is no longer wanted.
        case stop
        /// Its last request is answered.
        case drained
    }

    enum Action: Sendable, Equatable {
        case start
        /// Send it requests.
        case admit
        /// Send it no more requests; say so when the last is answered.
        case withdraw
        case terminate
        case kill
        /// Tell people: it failed and will be started again.
        case warn(String)
    }

    struct Policy: Sendable, Equatable {
        var startup: Int
        var readinessThreshold: Int
        var livenessThreshold: Int
        var grace: Int
        var backoff: Backoff
        var doomedAfter: Int
    }

    private(set) var phase: Phase
    /// Starts after the first.
    private(set) var restarts = 0
    /// Set when it may not be started again.
    private(set) var isStopping = false
    /// What its running process's probe said last; nil before it said anything.
    private(set) var lastAnswer: String?
    /// How its process ended last; nil once it was ready again.
    private(set) var lastEnd: String?
    var policy: Policy
    /// Whether no replica of this revision was ever ready: then repeated failure is final.
    var isOnTrial: Bool
    private var failures = 0
    private var failedProbes = 0
    private var failedLiveness = 0
    private var pendingDoom: Doom?
    private var hasStarted = false

    /// Ready for so long, a replica has earned a fresh start of its backoff.
    private static let stableAfter = 30_000

    init(policy: Policy, isOnTrial: Bool, at now: Int) {
        self.policy = policy
        self.isOnTrial = isOnTrial
        phase = .waiting(until: now)
    }

    /// A replica whose process already runs: an earlier supervisor started it.
    init(adopting policy: Policy, restarts: Int, at now: Int) {
        self.policy = policy
        self.restarts = restarts
        isOnTrial = false
        hasStarted = true
        phase = .starting(since: now)
    }

    /// Why it is not ready: the probe of a process that runs, or how the one that ran ended; nil when
    /// nothing is known.
    var trouble: String? {
        guard let lastEnd else { return lastAnswer }
        return lastAnswer.map { "\($0), after its last process \(lastEnd)" } ?? lastEnd
    }

    var isReady: Bool { if case .ready = phase { true } else { false } }

    var doom: Doom? { if case .doomed(let doom) = phase { doom } else { nil } }

    /// When a `tick` is next needed.
    var wake: Int? {
        switch phase {
        case .waiting(let until): until
        case .starting(let since): since + policy.startup
        case .draining(let since), .terminating(let since): since + policy.grace
        case .ready, .unready, .killed, .ended, .doomed: nil
        }
    }

    /// - Parameter jitter: 0 to 1, for the backoff; only used when a replica failed.
    mutating func handle(_ event: Event, at now: Int, jitter: Double = 1) -> [Action] {
        switch event {
        case .tick: return tick(now)
        case .started:
            failedProbes = 0
            failedLiveness = 0
            lastAnswer = nil
            phase = .starting(since: now)
            return []
        case .startFailed(let why):
            if isStopping {
                phase = .ended
                return []
            }
            if isOnTrial {
                phase = .doomed(.cannotStart(why))
                return []
            }
            return retry("cannot be started: \(why)", now, jitter)
        case .readiness(let answer): return readiness(answer, now)
        case .liveness(let answer): return liveness(answer, now)
        case .exited(let status): return exited(status, now, jitter)
        case .stop: return stop(now)
        case .drained:
            guard case .draining = phase else { return [] }
            return terminate(now)
        }
    }

    private mutating func tick(_ now: Int) -> [Action] {
        guard let wake, now >= wake else { return [] }
        switch phase {
        case .waiting:
            if hasStarted { restarts += 1 }
            hasStarted = true
            // Until `started` tells that it worked, no second start is due.
            phase = .starting(since: now)
            return [.start]
        case .starting:
            if isOnTrial { pendingDoom = .neverReady(lastAnswer: lastAnswer) }
            let text = "was not ready within \(policy.startup) ms"
            return [.warn(text)] + terminate(now)
        case .draining: return terminate(now)
        case .terminating:
            phase = .killed
            return [.kill]
        default: return []
        }
    }

    private mutating func readiness(_ answer: ProbeAnswer, _ now: Int) -> [Action] {
        lastAnswer = answer.text
        switch (phase, answer.isGood) {
        case (.starting, true), (.unready, true):
            failedProbes = 0
            lastEnd = nil
            phase = .ready(since: now)
            return [.admit]
        case (.ready(let since), true):
            failedProbes = 0
            if now - since >= Self.stableAfter { failures = 0 }
            return []
        case (.ready, false):
            failedProbes += 1
            guard failedProbes >= policy.readinessThreshold else { return [] }
            phase = .unready(since: now)
            return [.withdraw, .warn("is not ready: \(answer.text)")]
        default: return []
        }
    }

    private mutating func liveness(_ answer: ProbeAnswer, _ now: Int) -> [Action] {
        switch phase {
        case .ready, .unready: break
        default: return []
        }
        failedLiveness = answer.isGood ? 0 : failedLiveness + 1
        guard failedLiveness >= policy.livenessThreshold else { return [] }
        return [.withdraw, .warn("does not answer its liveness probe: \(answer.text)")] + terminate(now)
    }

    private mutating func exited(_ status: ExitStatus, _ now: Int, _ jitter: Double) -> [Action] {
        let wasServing =
            switch phase {
            case .ready, .draining, .unready: true
            default: false
            }
        let actions: [Action] = wasServing ? [.withdraw] : []
        // Whatever a probe said, it said it of a process that is no more.
        lastAnswer = nil
        lastEnd = status.description
        if isStopping {
            phase = .ended
            return actions
        }
        if let doom = pendingDoom {
            phase = .doomed(isOurs(status) ? doom : .exits(status.description, times: failures + 1))
            return actions
        }
        if case .ready(let since) = phase, now - since >= Self.stableAfter { failures = 0 }
        return actions + retry(status.description, now, jitter)
    }

    /// Whether a process that was told to end did so on that: by the signal that it was sent, or by
    /// whatever exit code its handler chose.
    private func isOurs(_ status: ExitStatus) -> Bool {
        guard case .signalled(let signal) = status else { return true }
        return signal == SIGTERM || (phase == .killed && signal == SIGKILL)
    }

    private mutating func retry(_ what: String, _ now: Int, _ jitter: Double) -> [Action] {
        failures += 1
        if isOnTrial, failures >= policy.doomedAfter {
            phase = .doomed(.exits(what, times: failures))
            return []
        }
        let delay = policy.backoff.delay(afterFailures: failures, jitter: jitter)
        phase = .waiting(until: now + delay)
        return [.warn("\(what); it starts again in \(delay) ms")]
    }

    private mutating func stop(_ now: Int) -> [Action] {
        guard !isStopping else { return [] }
        isStopping = true
        switch phase {
        case .waiting, .doomed:
            phase = .ended
            return []
        case .ready, .unready:
            phase = .draining(since: now)
            return [.withdraw]
        case .starting: return terminate(now)
        case .draining, .terminating, .killed, .ended: return []
        }
    }

    private mutating func terminate(_ now: Int) -> [Action] {
        phase = .terminating(since: now)
        return [.terminate]
    }
}
