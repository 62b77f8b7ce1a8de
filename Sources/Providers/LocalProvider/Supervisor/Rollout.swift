/// Decides which replicas to start and stop next, so that what runs becomes what is desired without
/// ever serving with fewer replicas than before.
///
/// Replicas of an outdated template are replaced one by one: one more than desired may run, and an
/// outdated one goes only when a new one is ready for it.
enum Rollout {
    struct Member: Sendable, Equatable {
        let slot: Int
        /// Whether it runs what is desired now.
        let isCurrent: Bool
        let isReady: Bool
        let isStopping: Bool
    }

    enum Step: Sendable, Equatable {
        case start(slot: Int)
        case stop(slot: Int)
    }

    static func next(_ members: [Member], desired: Int) -> [Step] {
        let live = members.filter { !$0.isStopping }
        let current = live.filter(\.isCurrent)
        let outdated = live.filter { !$0.isCurrent }
        if outdated.isEmpty {
            if current.count < desired { return starts(desired - current.count, besides: members) }
            return stops(current.count - desired, of: current)
        }
        let readyCurrent = current.count(where: \.isReady)
        var steps = stops(min(outdated.count, max(0, readyCurrent + outdated.count - desired)), of: outdated)
        let remaining = current.count + outdated.count - steps.count
        if current.count < desired, current.count == readyCurrent, remaining < desired + 1 {
            steps += starts(1, besides: members)
        }
        return steps
    }

    /// Whether nothing is left to do.
    static func isComplete(_ members: [Member], desired: Int) -> Bool {
        members.count == desired && members.allSatisfy { $0.isCurrent && $0.isReady && !$0.isStopping }
    }

    /// The lowest free slots. A slot's data folder is never shared by two processes: one that is still
    /// stopping keeps its slot.
    private static func starts(_ count: Int, besides members: [Member]) -> [Step] {
        let taken = Set(members.map(\.slot))
        let free = (0..<members.count + count).filter { !taken.contains($0) }
        return free.prefix(count).map { .start(slot: $0) }
    }

    /// Those that serve least first, then the highest slots.
    private static func stops(_ count: Int, of members: [Member]) -> [Step] {
        members.sorted { ($0.isReady ? 1 : 0, -$0.slot) < ($1.isReady ? 1 : 0, -$1.slot) }
            .prefix(max(0, count)).map { .stop(slot: $0.slot) }
    }
}
