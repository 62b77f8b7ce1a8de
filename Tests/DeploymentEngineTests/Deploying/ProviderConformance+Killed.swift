import DeploymentEngine
import Diagnostics
import ServiceModel
import Testing

/// What deployments find that others were killed amid.
extension ProviderConformance {
    @Test(arguments: ConformingProvider.all)
    func whatAKilledDeploymentBeganIsMarkedFailedAndDone(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            try await stage.begin("b", revision: 2)
            try await deploy(stage.release("b"), at: stage)
            #expect(try await stage.history() == "1 superseded, 2 failed, 3 deployed")
            #expect(try await stage.status().version == "b")
        }
    }

    @Test(arguments: ConformingProvider.all)
    func whatAKilledDeploymentHadAppliedIsRecorded(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            try await stage.apply(stage.begin("b", revision: 2))
            // A failure in between does not hide which one runs.
            await #expect(throws: Diagnostic.self) {
                try await deploy(stage.release("c", flaw: .doomed), at: stage)
            }
            #expect(try await stage.history() == "1 superseded, 2 deployed, 3 failed")
            let result = try await deploy(stage.release("b"), at: stage)
            // Where the failed one is still being tried, there is something to change.
            #expect(result.changed == !kind.takesBackWhatIsDoomed)
            let history =
                kind.takesBackWhatIsDoomed
                ? "1 superseded, 2 deployed, 3 failed" : "1 superseded, 2 superseded, 3 failed, 4 deployed"
            #expect(try await stage.history() == history)
        }
    }

    @Test(arguments: ConformingProvider.all)
    func whatAKilledDeploymentHadAppliedWasDeployedBeforeTheNextOne(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            try await stage.apply(stage.begin("b", revision: 2))
            try await stage.begin("c", revision: 3)
            // Of the two that were left pending, one serves.
            try await deploy(stage.release("d"), at: stage)
            #expect(try await stage.history() == "1 superseded, 2 superseded, 3 failed, 4 deployed")
            _ = try await deployer(stage).rollback(stage.service, to: nil, options: options()) { _ in }
            #expect(try await stage.status().version == "b")
        }
    }

    @Test(arguments: ConformingProvider.killable)
    func whatIsPendingAndDoesNotRunIsNotTakenForDeployed(kind: ConformingProvider) async throws {
        try await ProviderStage.with(kind) { stage in
            try await deploy(stage.release("a"), at: stage)
            try await stage.apply(stage.begin("b", revision: 2))
            try await stage.kill()
            try await deploy(stage.release("c"), at: stage)
            #expect(try await stage.history() == "1 superseded, 2 failed, 3 deployed")
        }
    }
}

extension ProviderStage {
    /// As far as a deployment comes that is killed before it has applied anything.
    @discardableResult
    func begin(_ tag: String, revision: Int) async throws -> Release {
        var begun = try release(tag)
        begun.revision = revision
        try await provider.releases.save(begun, keeping: 10)
        return begun
    }

    /// As far as one comes that is killed before it has recorded what it applied.
    func apply(_ release: Release) async throws {
        let plan = try await provider.plan(release, deleteData: false)
        _ = try await provider.apply(plan, timeout: TimeSpan(seconds: 120)) { _ in }
    }
}
