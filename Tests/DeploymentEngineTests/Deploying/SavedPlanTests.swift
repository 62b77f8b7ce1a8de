import DeploymentEngine
import Diagnostics
import Documents
import ServiceModel
import Testing

/// A plan that was looked at is applied as it was, and a change does no more than it may.
@Suite(.timeLimit(.minutes(5))) struct SavedPlanTests {
    private func release(_ tag: String) throws -> Release {
        let manifest: Node = [
            "apiVersion": "local.synthdata.io/v1", "kind": "LocalService",
            "metadata": ["name": "demo", "namespace": "synthdata"], "spec": ["replicas": 1, "tag": .string(tag)],
        ]
        return Release(
            service: ServiceIdentity(name: try ServiceName("demo"), namespace: "synthdata"), dataType: .tabular,
            provider: .local, environment: .development, version: tag, reason: "deploy",
            resources: [try #require(Resource(manifest: manifest))])
    }

    private func deployer() -> Deployer { Deployer(provider: InMemoryProvider(), holder: "the test") { 1 } }

    @Test func whatWasSavedIsAppliedOnceAndThenIsStale() async throws {
        let deployer = deployer()
        let plan = try await deployer.plan(release("a"), options: Deployer.Options())
        let written = SavedPlan.document([SavedPlan(plan, release: try release("a"), replicasAreExplicit: false)])
        let read = try JSONParser.parse(JSONEmitter.emit(written), file: SourceFile("plan.json"))
        var options = Deployer.Options()
        let saved = try #require(SavedPlan.plans(in: read).first)
        options.expected = saved
        #expect(try await deployer.deploy(saved.release, options: options) { _ in }.revision == 1)
        let problem = try await #require(throws: Diagnostic.self) {
            try await deployer.deploy(saved.release, options: options) { _ in }
        }
        #expect(problem.code == .stalePlan)
    }

    @Test func whatChangesWhileTheLockIsAwaitedMakesItStale() async throws {
        let provider = InMemoryProvider()
        let deployer = Deployer(provider: provider, holder: "the test") { 1 }
        let first = try release("a")
        _ = try await deployer.deploy(first, options: Deployer.Options()) { _ in }
        var options = Deployer.Options()
        options.expected = SavedPlan(
            try await deployer.plan(release("b"), options: options), release: try release("b"),
            replicasAreExplicit: false)
        let other = try await provider.lock(first.service, holder: "another", wait: TimeSpan(seconds: 0)) { _ in }
        let (waits, continuation) = AsyncStream.makeStream(of: Void.self)
        let candidate = try release("b")
        let waiting = Task { [options] in
            defer { continuation.finish() }
            return try await deployer.deploy(candidate, options: options) { event in
                if case .waitingForLock = event { continuation.yield() }
            }
        }
        for await _ in waits { break }
        var theirs = try await deployer.plan(release("c"), options: Deployer.Options()).release
        _ = try await provider.apply(
            Plan(release: theirs, baseRevision: 1, changes: []), timeout: TimeSpan(seconds: 1)
        ) { _ in }
        theirs.status = .deployed
        try await provider.releases.save(theirs, keeping: 10)
        await other.release()
        let problem = try await #require(throws: Diagnostic.self) { _ = try await waiting.value }
        #expect(problem.code == .stalePlan)
        #expect(try await provider.releases.releases(of: first.service).map(\.version) == ["a", "c"])
    }

    @Test func aSavedPlanThatFailsIsTakenBack() async throws {
        let deployer = deployer()
        _ = try await deployer.deploy(try release("a"), options: Deployer.Options()) { _ in }
        var doomed = try release("b")
        doomed.resources[0].manifest.merge(["spec": ["env": [["name": "EXIT_AT_START", "value": "1"]]]])
        var options = Deployer.Options()
        options.rollbackOnFailure = true
        options.expected = SavedPlan(
            try await deployer.plan(doomed, options: options), release: doomed, replicasAreExplicit: false)
        let (candidate, chosen) = (doomed, options)
        let problem = try await #require(throws: Diagnostic.self) {
            try await deployer.deploy(candidate, options: chosen) { _ in }
        }
        #expect(problem.code == .doomed)
        #expect(problem.notes.map(\.message).contains { $0.hasPrefix("revision 1 runs again") })
    }

    @Test func whatIsNoPlanIsTold() throws {
        let problem = try #require(throws: Diagnostic.self) { try SavedPlan.plans(in: ["kind": "Service"]) }
        #expect(problem.code == .malformedPlan)
    }

    @Test func aChangeDoesNoMoreThanItMay() async throws {
        let deployer = deployer()
        _ = try await deployer.deploy(try release("a"), options: Deployer.Options()) { _ in }
        var options = Deployer.Options()
        options.maximumEffect = .none
        let plan = try await deployer.plan(release("b"), options: options)
        try #require(plan.effect > .none)
        let problem = try await #require(throws: Diagnostic.self) {
            try await deployer.deploy(try release("b"), options: options) { _ in }
        }
        #expect(problem.code == .effectNotAllowed)
        options.maximumEffect = plan.effect
        #expect(try await deployer.deploy(try release("b"), options: options) { _ in }.revision == 2)
    }
}
