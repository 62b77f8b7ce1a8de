import Testing

@testable import LocalProvider

@Suite struct ReplicaLifecycleTests {
    private let good = ProbeAnswer(isGood: true, text: "200")
    private let bad = ProbeAnswer(isGood: false, text: "503: warming up")

    private func life(isOnTrial: Bool = false) -> ReplicaLifecycle {
        ReplicaLifecycle(
            policy: ReplicaLifecycle.Policy(
                startup: 1000, readinessThreshold: 2, livenessThreshold: 3, grace: 500,
                backoff: Backoff(initial: 100, maximum: 1000), doomedAfter: 3),
            isOnTrial: isOnTrial, at: 0)
    }

    private func started(isOnTrial: Bool = false) -> ReplicaLifecycle {
        var life = life(isOnTrial: isOnTrial)
        #expect(life.handle(.tick, at: 0) == [.start])
        #expect(life.handle(.started, at: 0).isEmpty)
        return life
    }

    private func ready(isOnTrial: Bool = false, at now: Int = 10) -> ReplicaLifecycle {
        var life = started(isOnTrial: isOnTrial)
        #expect(life.handle(.readiness(good), at: now) == [.admit])
        return life
    }

    @Test func isAdmittedWhenItsProbeAnswers() {
        var life = started()
        #expect(life.handle(.readiness(bad), at: 5).isEmpty)
        #expect(!life.isReady)
        #expect(life.handle(.readiness(good), at: 10) == [.admit])
        #expect(life.isReady)
    }

    @Test func isWithdrawnAfterTheThresholdAndReturns() {
        var life = ready()
        #expect(life.handle(.readiness(bad), at: 20).isEmpty)
        #expect(life.handle(.readiness(bad), at: 30) == [.withdraw, .warn("is not ready: 503: warming up")])
        #expect(life.handle(.readiness(good), at: 40) == [.admit])
    }

    @Test func aCrashIsRetriedWithDoublingPauses() {
        var life = ready()
        var now = 10
        for pause in [100, 200, 400, 800, 1000, 1000] {
            now += 1
            let actions = life.handle(.exited(.exited(1)), at: now)
            #expect(actions.last == .warn("exited with code 1; it starts again in \(pause) ms"))
            #expect(life.wake == now + pause)
            #expect(life.handle(.tick, at: now + pause - 1).isEmpty)
            #expect(life.handle(.tick, at: now + pause) == [.start])
            now += pause
            _ = life.handle(.started, at: now)
        }
        #expect(life.restarts == 6)
    }

    @Test func aStablePeriodForgivesEarlierCrashes() {
        var life = started()
        for now in [1, 1000, 3000] {
            _ = life.handle(.exited(.signalled(9)), at: now)
            _ = life.handle(.tick, at: now + 1000)
            _ = life.handle(.started, at: now + 1000)
        }
        _ = life.handle(.readiness(good), at: 5000)
        _ = life.handle(.exited(.exited(1)), at: 40_000)
        #expect(life.wake == 40_100)
    }

    @Test func onTrialItIsDoomedAfterSoManyExits() {
        var life = started(isOnTrial: true)
        for now in [1, 1001] {
            _ = life.handle(.exited(.exited(3)), at: now)
            #expect(life.doom == nil)
            _ = life.handle(.tick, at: now + 999)
            _ = life.handle(.started, at: now + 999)
        }
        _ = life.handle(.exited(.exited(3)), at: 2001)
        #expect(life.doom == .exits("exited with code 3", times: 3))
    }

    @Test func onTrialAProgramThatCannotStartIsDoomedAtOnce() {
        var life = life(isOnTrial: true)
        _ = life.handle(.tick, at: 0)
        _ = life.handle(.startFailed("no such file"), at: 0)
        #expect(life.doom == .cannotStart("no such file"))
    }

    @Test func onTrialItIsDoomedWhenItsStartTakesTooLong() {
        var life = started(isOnTrial: true)
        _ = life.handle(.readiness(bad), at: 900)
        #expect(life.handle(.tick, at: 999).isEmpty)
        #expect(life.handle(.tick, at: 1000) == [.warn("was not ready within 1000 ms"), .terminate])
        #expect(life.handle(.tick, at: 1500) == [.kill])
        _ = life.handle(.exited(.signalled(9)), at: 1501)
        #expect(life.doom == .neverReady(lastAnswer: "503: warming up"))
    }

    @Test func howItEndedBeatsWhatItsProbeSaidBefore() {
        var life = ready()
        _ = life.handle(.readiness(bad), at: 20)
        #expect(life.trouble == "503: warming up")
        _ = life.handle(.exited(.signalled(9)), at: 30)
        #expect(life.trouble == "was ended by signal 9 (SIGKILL)")
        _ = life.handle(.tick, at: 1000)
        _ = life.handle(.started, at: 1000)
        #expect(life.trouble == "was ended by signal 9 (SIGKILL)")
        _ = life.handle(.readiness(bad), at: 1010)
        #expect(life.trouble == "503: warming up, after its last process was ended by signal 9 (SIGKILL)")
        _ = life.handle(.exited(.exited(7)), at: 1020)
        #expect(life.trouble == "exited with code 7")
        _ = life.handle(.tick, at: 5000)
        _ = life.handle(.started, at: 5000)
        _ = life.handle(.readiness(good), at: 5010)
        _ = life.handle(.readiness(bad), at: 5020)
        #expect(life.trouble == "503: warming up")
    }

    @Test(
        arguments: [
            (
                ReplicaLifecycle.Event.exited(.signalled(9)),
                ReplicaLifecycle.Doom.exits("was ended by signal 9 (SIGKILL)", times: 1)
            ),
            (.exited(.signalled(11)), .exits("was ended by signal 11 (SIGSEGV)", times: 1)),
            (.exited(.signalled(15)), .neverReady(lastAnswer: "503: warming up")),
            (.exited(.exited(1)), .neverReady(lastAnswer: "503: warming up")),
        ])
    func onTrialAProcessThatSomethingElseEndsIsNotBlamedOnItsProbe(
        end: ReplicaLifecycle.Event, doom: ReplicaLifecycle.Doom
    ) {
        var life = started(isOnTrial: true)
        _ = life.handle(.readiness(bad), at: 900)
        _ = life.handle(.tick, at: 1000)
        _ = life.handle(end, at: 1001)
        #expect(life.doom == doom)
    }

    @Test func offTrialALateStartIsRetried() {
        var life = started()
        _ = life.handle(.tick, at: 1000)
        _ = life.handle(.exited(.exited(0)), at: 1100)
        #expect(life.doom == nil)
        #expect(life.wake == 1200)
    }

    @Test func aDeadlockedReplicaIsEndedAndStartedAgain() {
        var life = ready()
        #expect(life.handle(.liveness(bad), at: 20).isEmpty)
        #expect(life.handle(.liveness(good), at: 25).isEmpty)
        #expect(life.handle(.liveness(bad), at: 30).isEmpty)
        #expect(life.handle(.liveness(bad), at: 40).isEmpty)
        let actions = life.handle(.liveness(bad), at: 50)
        #expect(actions.first == .withdraw)
        #expect(actions.last == .terminate)
        _ = life.handle(.exited(.signalled(15)), at: 60)
        #expect(life.wake == 160)
    }

    @Test func stoppingDrainsThenTerminatesThenKills() {
        var life = ready()
        #expect(life.handle(.stop, at: 100) == [.withdraw])
        #expect(life.handle(.stop, at: 101).isEmpty)
        #expect(life.handle(.drained, at: 150) == [.terminate])
        #expect(life.handle(.tick, at: 649).isEmpty)
        #expect(life.handle(.tick, at: 650) == [.kill])
        _ = life.handle(.exited(.signalled(9)), at: 660)
        #expect(life.phase == .ended)
    }

    @Test func drainingEndsWithTheGracePeriod() {
        var life = ready()
        _ = life.handle(.stop, at: 100)
        #expect(life.handle(.tick, at: 600) == [.terminate])
    }

    @Test func aReplicaWithoutAProcessStopsAtOnce() {
        var life = ready()
        _ = life.handle(.exited(.exited(1)), at: 20)
        _ = life.handle(.stop, at: 30)
        #expect(life.phase == .ended)
    }

    @Test(arguments: [(0, 1.0, 0), (1, 1.0, 100), (1, 0.0, 50), (3, 1.0, 400), (4, 0.5, 600), (60, 1.0, 1000)])
    func backoffDoublesUpToItsMaximum(failures: Int, jitter: Double, delay: Int) {
        let backoff = Backoff(initial: 100, maximum: 1000)
        #expect(backoff.delay(afterFailures: failures, jitter: jitter) == delay)
    }
}
