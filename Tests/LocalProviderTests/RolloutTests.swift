import Testing

@testable import LocalProvider

@Suite struct RolloutTests {
    /// One letter a member: `r` ready, `s` starting, of the desired template; capitals are outdated; a
    /// `-` follows one that is stopping. Slots count from 0.
    private func members(_ text: String) -> [Rollout.Member] {
        var members: [Rollout.Member] = []
        for character in text {
            if character == "-", let last = members.popLast() {
                members.append(
                    Rollout.Member(
                        slot: last.slot, isCurrent: last.isCurrent, isReady: last.isReady, isStopping: true))
            } else {
                members.append(
                    Rollout.Member(
                        slot: members.count, isCurrent: character.isLowercase,
                        isReady: character.lowercased() == "r", isStopping: false))
            }
        }
        return members
    }

    @Test(
        arguments: [
            ("first start", "", 3, [.start(slot: 0), .start(slot: 1), .start(slot: 2)]),
            ("all there", "rr", 2, []),
            ("scaling up keeps what runs", "rr", 3, [.start(slot: 2)]),
            ("scaling down takes the highest slots", "rrrr", 2, [.stop(slot: 3), .stop(slot: 2)]),
            ("scaling down takes those that do not serve first", "srr", 2, [.stop(slot: 0)]),
            ("a rollout starts one more than desired", "RR", 2, [.start(slot: 2)]),
            ("an old one stays until the new one is ready", "RRs", 2, []),
            ("a ready new one takes an old one's place", "RRr", 2, [.stop(slot: 1), .start(slot: 3)]),
            ("a slot is free only when its process is gone", "RR-r", 2, [.start(slot: 3)]),
            ("the last old one goes when all new ones are ready", "R-Rrr", 2, [.stop(slot: 1)]),
            ("the only replica is replaced without a gap", "R", 1, [.start(slot: 1)]),
            ("old ones that do not serve go first", "RSr", 2, [.stop(slot: 1), .start(slot: 3)]),
            ("nothing desired stops what is outdated first", "rR", 0, [.stop(slot: 1)]),
            ("nothing desired stops all", "rr", 0, [.stop(slot: 1), .stop(slot: 0)]),
        ] as [(String, String, Int, [Rollout.Step])])
    func decides(name: String, state: String, desired: Int, steps: [Rollout.Step]) {
        let decided = Rollout.next(members(state), desired: desired)
        #expect(decided.count == steps.count)
        for step in steps { #expect(decided.contains(step), "\(name)") }
    }

    @Test func neverServesWithFewerThanDesiredWhileItRolls() {
        for desired in 1...4 {
            var members = (0..<desired).map {
                Rollout.Member(slot: $0, isCurrent: false, isReady: true, isStopping: false)
            }
            var rounds = 0
            while !Rollout.isComplete(members, desired: desired), rounds < 50 {
                rounds += 1
                members.removeAll(where: \.isStopping)
                for step in Rollout.next(members, desired: desired) {
                    switch step {
                    case .start(let slot):
                        #expect(!members.contains { $0.slot == slot })
                        members.append(
                            Rollout.Member(slot: slot, isCurrent: true, isReady: false, isStopping: false))
                    case .stop(let slot):
                        members = members.map { member in
                            member.slot != slot
                                ? member
                                : Rollout.Member(
                                    slot: slot, isCurrent: member.isCurrent, isReady: member.isReady,
                                    isStopping: true)
                        }
                    }
                }
                #expect(members.count { $0.isReady && !$0.isStopping } >= desired)
                #expect(members.count { !$0.isStopping } <= desired + 1)
                members = members.map {
                    Rollout.Member(slot: $0.slot, isCurrent: $0.isCurrent, isReady: true, isStopping: $0.isStopping)
                }
            }
            #expect(rounds < 50)
        }
    }

    @Test(
        arguments: [
            ("first start", "rs", 2, 1, "demo-0 ready, demo-1 starting"),
            (
                "an update begins", "RRs", 2, 2,
                "0 of 2 updated: demo-0 (old) ready, demo-1 (old) ready, demo-2 starting"
            ),
            (
                "an update goes on", "R-Rr", 2, 2,
                "1 of 2 updated: demo-0 (old) stopping, demo-1 (old) ready, demo-2 ready"
            ),
            (
                "the last old one stops", "R-rr", 2, 2,
                "2 of 2 updated: demo-0 (old) stopping, demo-1 ready, demo-2 ready"
            ),
            ("scaling down", "rr-", 1, 1, "demo-0 ready, demo-1 stopping"),
            ("nothing is to run", "R-R-", 0, 0, "demo-0 stopping, demo-1 stopping"),
        ])
    func progressCountsWhatServesAndWhatIsNew(
        name: String, text: String, desired: Int, ready: Int, message: String
    ) {
        let replicas = members(text).map { member in
            RolloutProgress.Replica(
                name: "demo-\(member.slot)",
                word: member.isStopping ? "stopping" : member.isReady ? "ready" : "starting",
                member: member)
        }
        let progress = RolloutProgress(replicas, desired: desired)
        #expect(progress.ready == ready, "\(name)")
        #expect(progress.message == message, "\(name)")
    }
}
