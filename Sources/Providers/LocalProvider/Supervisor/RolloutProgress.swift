/// How far a rollout has come, as people are told: `2 of 2 ready - 1 of 2 updated: demo-1 ready, demo-2 starting`.
struct RolloutProgress: Sendable, Equatable {
    struct Replica: Sendable {
        let name: String
        /// `ready`, `starting` …
        let word: String
        let member: Rollout.Member
    }

    /// Replicas of any revision that answer requests.
    let ready: Int
    /// What the replicas do; while old ones run, also how many were replaced.
    let message: String

    /// - Parameter replicas: all that have a process or are about to, in the order in which they are named.
    init(_ replicas: [Replica], desired: Int) {
        ready = replicas.count { $0.member.isReady && !$0.member.isStopping }
        guard desired > 0, replicas.contains(where: { !$0.member.isCurrent }) else {
            message = replicas.map { "\($0.name) \($0.word)" }.joined(separator: ", ")
            return
        }
        let updated = replicas.count { $0.member.isCurrent && $0.member.isReady && !$0.member.isStopping }
        let words = replicas.map { "\($0.name) \($0.member.isCurrent ? "" : "(old) ")\($0.word)" }
        message = "\(updated) of \(desired) updated: \(words.joined(separator: ", "))"
    }
}
