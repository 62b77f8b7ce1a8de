import DeploymentEngine
import Diagnostics
import ServiceModel
import Synchronization
import Testing

/// What deployments do, the same at every provider.
@Suite(.serialized) struct ProviderConformance {
    func deployer(_ stage: ProviderStage, holder: String = "the test") -> Deployer {
        Deployer(provider: stage.provider, holder: holder) { 1_700_000_000 }
    }

    func options(_ change: (inout Deployer.Options) -> Void = { _ in }) -> Deployer.Options {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 120)
        change(&options)
        return options
    }

    @discardableResult
    func deploy(
        _ release: Release, at stage: ProviderStage, _ change: (inout Deployer.Options) -> Void = { _ in }
    ) async throws -> DeploymentResult {
        do {
            return try await deployer(stage).deploy(release, options: options(change)) { _ in }
        } catch let report as DiagnosticReport {
            // Several problems may be told; of these there is one.
            #expect(report.diagnostics.count == 1)
            throw report.diagnostics.first ?? Diagnostic(.error, .unknownService, "nothing is told")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func deploysAndRecordsTheRelease(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            let result = try await deploy(stage.release("a"), at: stage)
            #expect(result.changed)
            #expect(result.revision == 1)
            let status = try await stage.status()
            #expect(status.state == .healthy)
            #expect(status.revision == 1)
            #expect(status.endpoint == result.endpoint)
            #expect(try await stage.history() == "1 deployed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func deployingTheSameAgainRecordsNothing(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            let first = try await deploy(stage.release("a"), at: stage)
            let second = try await deploy(stage.release("a"), at: stage)
            #expect(!second.changed)
            #expect(second.revision == 1)
            #expect(second.endpoint == first.endpoint)
            #expect(try await stage.status().revision == 1)
            #expect(try await stage.history() == "1 deployed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aChangeSupersedesTheReleaseBefore(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let result = try await deploy(stage.release("b"), at: stage)
            #expect(result.changed)
            #expect(result.revision == 2)
            #expect(try await stage.status().version == "b")
            #expect(try await stage.history() == "1 superseded, 2 deployed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func scaleIsKeptUntilReplicasAreNamed(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let scaled = try await deployer(stage).scale(stage.service, to: 2, options: options()) { _ in }
            #expect(scaled.revision == 2)
            #expect(try await stage.status().desiredReplicas == 2)
            try await deploy(stage.release("b"), at: stage)
            #expect(try await stage.status().desiredReplicas == 2)
            // The same number, but now it was named: the scaling is over.
            let named = try await deploy(stage.release("b", replicas: 2), at: stage) { $0.replicasAreExplicit = true }
            #expect(!named.changed)
            try await deploy(stage.release("b"), at: stage)
            #expect(try await stage.status().desiredReplicas == 1)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func scalingToWhatRunsIsKeptToo(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let scaled = try await deployer(stage).scale(stage.service, to: 1, options: options()) { _ in }
            #expect(!scaled.changed)
            #expect(try await stage.history() == "1 deployed")
            try await deploy(stage.release("a", replicas: 2), at: stage)
            #expect(try await stage.status().desiredReplicas == 1)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aDoomedReleaseIsRecordedAndTheOldOneServes(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let problem = try await #require(throws: Diagnostic.self) {
                try await deploy(stage.release("b", flaw: .doomed), at: stage)
            }
            #expect(problem.code.outcome == .failed)
            #expect(problem.location?.file.name == "service.yaml")
            let status = try await stage.status()
            #expect(status.version == (kind.takesBackWhatIsDoomed ? "a" : "b"))
            #expect(status.readyReplicas == 1)
            #expect(try await stage.history() == "1 deployed, 2 failed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aDoomedReleaseIsTakenBackWhereAsked(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let target = Mutex<Int?>(nil)
            let problem = try await #require(throws: Diagnostic.self) {
                try await deployer(stage).deploy(
                    stage.release("b", flaw: .doomed), options: options { $0.rollbackOnFailure = true }
                ) { event in
                    if case .rollingBack(let revision) = event { target.withLock { $0 = revision } }
                }
            }
            #expect(target.withLock { $0 } == 1)
            let place = try #require(try await stage.status().endpoint)
            let again = kind.takesBackWhatIsDoomed ? "" : ", as revision 3"
            #expect(problem.notes.last?.message == "revision 1 runs again at \(place)\(again)")
            let status = try await stage.status()
            #expect(status.version == "a")
            #expect(status.state == .healthy)
            #expect(status.revision == (kind.takesBackWhatIsDoomed ? 1 : 3))
            // What runs is what ran: the next deploy of it changes nothing.
            #expect(try await !deploy(stage.release("a"), at: stage).changed)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func rollsBackToTheReleaseBeforeOrToANamedOne(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for tag in ["a", "b", "c"] { try await deploy(stage.release(tag), at: stage) }
            let previous = try await deployer(stage).rollback(stage.service, to: nil, options: options()) { _ in }
            #expect(previous.revision == 4)
            #expect(try await stage.status().version == "b")
            let named = try await deployer(stage).rollback(stage.service, to: 1, options: options()) { _ in }
            #expect(named.revision == 5)
            #expect(try await stage.status().version == "a")
            let problem = try await #require(throws: Diagnostic.self) {
                try await deployer(stage).rollback(stage.service, to: 9, options: options()) { _ in }
            }
            #expect(problem.code == .unknownRevision)
            let history = "1 superseded, 2 superseded, 3 superseded, 4 superseded, 5 deployed"
            #expect(try await stage.history() == history)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aRollbackGoesToTheNewestDeployedReleaseThatDiffersFromTheRunningOne(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for tag in ["a", "b"] { try await deploy(stage.release(tag), at: stage) }
            _ = try await deployer(stage).rollback(stage.service, to: 1, options: options()) { _ in }
            await #expect(throws: Diagnostic.self) {
                try await deploy(stage.release("c", flaw: .doomed), at: stage)
            }
            #expect(try await stage.history() == "1 superseded, 2 superseded, 3 deployed, 4 failed")
            // Neither the failed one, nor 1, which is what runs as 3; but that is what to go back to where the failed
            // one is still being tried.
            _ = try await deployer(stage).rollback(stage.service, to: nil, options: options()) { _ in }
            #expect(try await stage.status().version == (kind.takesBackWhatIsDoomed ? "b" : "a"))
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aRollbackLooksAtWhatRunsAndNotOnlyAtWhatIsRecorded(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            // A deployment that was killed after it had been applied and before that was recorded.
            try await stage.apply(stage.begin("b", revision: 2))
            let result = try await deployer(stage).rollback(stage.service, to: nil, options: options()) { _ in }
            #expect(result.changed)
            #expect(try await stage.status().version == "a")
        }
    }

    @Test(arguments: ConformingProvider.killable)
    func whatWasKilledIsStartedAgainAsTheSameRevision(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for tag in ["a", "b"] { try await deploy(stage.release(tag), at: stage) }
            try await stage.kill()
            #expect(try await stage.status().state == .stopped)
            let plan = try await deployer(stage).plan(stage.release("b"), options: options())
            #expect(plan.hasChanges)
            #expect(plan.release.revision == 2)
            let result = try await deploy(stage.release("b"), at: stage)
            #expect(result.changed)
            #expect(result.revision == 2)
            #expect(try await stage.status().state == .healthy)
            #expect(try await stage.status().revision == 2)
            #expect(try await stage.history() == "1 superseded, 2 deployed")
            // The command that `status` names does the same.
            try await stage.kill()
            #expect(try await deployer(stage).rollback(stage.service, to: 2, options: options()) { _ in }.revision == 2)
            #expect(try await stage.history() == "1 superseded, 2 deployed")
            // A change is a deployment of its own.
            try await stage.kill()
            #expect(try await deploy(stage.release("c"), at: stage).revision == 3)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func whatCannotBeIsRefusedBeforeAnythingIsTouched(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for first in ["nothing", "1 deployed"] {
                let problem = try await #require(throws: Diagnostic.self) {
                    try await deploy(stage.release("b", flaw: .refused), at: stage)
                }
                #expect(problem.location?.description == kind.refusal)
                #expect(try await stage.history() == (first == "nothing" ? "" : first))
                try await deploy(stage.release("a"), at: stage)
                #expect(try await stage.status().version == "a")
            }
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aRollbackThatFailsTooSaysWhy(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            // What was good once cannot be planned any more.
            var gone = try stage.release("a", flaw: .refused)
            gone.revision = 1
            gone.status = .deployed
            try await stage.provider.releases.save(gone, keeping: 10)
            let problem = try await #require(throws: Diagnostic.self) {
                try await deploy(stage.release("b", flaw: .doomed), at: stage) { $0.rollbackOnFailure = true }
            }
            let note = try #require(problem.notes.last?.message)
            #expect(note.hasPrefix("the rollback to revision 1 failed too: \(kind.refusal): error: "))
        }
    }

    @Test(arguments: ConformingProvider.all)
    func destroyForgetsTheService(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            let result = try await deployer(stage).destroy(stage.service, options: options()) { _ in }
            #expect(result.changed)
            #expect(result.endpoint == nil)
            #expect(try await !stage.provider.observe(nil).contains { $0.service == stage.service })
            #expect(try await !stage.provider.releases.services().contains(stage.service))
            let problem = try await #require(throws: Diagnostic.self) {
                try await deployer(stage).destroy(stage.service, options: options()) { _ in }
            }
            #expect(problem.code == .unknownService)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aLostHistoryBeginsWithWhatRuns(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for tag in ["a", "b"] { try await deploy(stage.release(tag), at: stage) }
            try await stage.loseHistory()
            #expect(try await !deploy(stage.release("b"), at: stage).changed)
            #expect(try await stage.history() == "2 deployed")
            try await stage.loseHistory()
            #expect(try await deploy(stage.release("c"), at: stage).revision == 3)
            #expect(try await stage.status().version == "c")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func keepsAsManyReleasesAsTheLimitSays(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            for tag in ["a", "b", "c"] { try await deploy(stage.release(tag, historyLimit: 2), at: stage) }
            #expect(try await stage.history() == "2 superseded, 3 deployed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func theLimitNeverForgetsTheLastGoodRelease(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a", historyLimit: 2), at: stage)
            for tag in ["b", "c"] {
                await #expect(throws: Diagnostic.self) {
                    try await deploy(stage.release(tag, flaw: .doomed, historyLimit: 2), at: stage)
                }
            }
            #expect(try await stage.history() == "1 deployed, 2 failed, 3 failed")
            try await deploy(stage.release("d", historyLimit: 2), at: stage)
            #expect(try await stage.history() == "3 failed, 4 deployed")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aFailureFreesTheLock(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            await #expect(throws: Diagnostic.self) {
                try await deploy(stage.release("a", flaw: .doomed), at: stage)
            }
            try await deploy(stage.release("a"), at: stage) { $0.lockWait = TimeSpan(seconds: 0) }
        }
    }

    @Test(arguments: ConformingProvider.all)
    func aHeldServiceIsRefusedWithTheHoldersName(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            let lock = try await stage.provider.lock(
                stage.service, holder: "somebody else", wait: TimeSpan(seconds: 0)
            ) { _ in }
            let problem = try await #require(throws: Diagnostic.self) {
                try await deploy(stage.release("a"), at: stage) { $0.lockWait = TimeSpan(seconds: 0) }
            }
            #expect(problem.code == .locked)
            #expect(problem.why?.contains("somebody else") == true)
            await lock.release()
            try await deploy(stage.release("a"), at: stage) { $0.lockWait = TimeSpan(seconds: 0) }
        }
    }

    @Test(arguments: ConformingProvider.all)
    func twoAtOnceTakeTurns(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            let releases = [try stage.release("a"), try stage.release("b")]
            let options = options()
            let revisions = try await withThrowingTaskGroup(of: Int.self) { group in
                for release in releases {
                    let deployer = deployer(stage, holder: release.version)
                    group.addTask { try await deployer.deploy(release, options: options) { _ in }.revision }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(revisions.sorted() == [1, 2])
            #expect(try await stage.history() == "1 superseded, 2 deployed")
        }
    }
}
