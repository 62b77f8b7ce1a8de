import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import ServiceModel
import Synchronization
import Testing

@testable import KubernetesProvider

/// Many services deployed together: what is read for all of them has to say what reading one by one says.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct FleetTests {
    private static let names = ["a", "b", "c", "d", "e"]

    private func releases(
        _ namespace: TestNamespace, _ names: [String] = names, _ layer: (String) -> String = { _ in "" }
    ) throws -> [Release] {
        try names.map { name in try Layers(layer(name)).release(namespace, name: name) { $0.stopPods() } }
    }

    /// What came of each service, in words.
    private func deploy(
        _ releases: [Release], with provider: KubernetesProvider, lockWait: Int = 60
    ) async throws -> [String: String] {
        var options = Deployer.Options()
        options.lockWait = TimeSpan(seconds: lockWait)
        let deployer = Deployer(provider: provider, holder: "the test") { 1_700_000_000 }
        var outcomes: [String: String] = [:]
        var fleet = FleetDeployment(of: releases.count, deployer: deployer)
        for release in releases { fleet.add(FleetDeployment.Item(release, options)) }
        try await fleet.run(report: { _ in { _ in } }, ended: { outcomes[$0.name.value] = Self.words($1) })
        return outcomes
    }

    private static func words(_ outcome: Result<DeploymentResult, any Error>) -> String {
        switch outcome {
        case .success(let result): "\(result.changed ? "changed" : "unchanged") \(result.revision)"
        case .failure(let report as DiagnosticReport): report.diagnostics.map(\.code.name).joined(separator: " ")
        case .failure(let problem as Diagnostic): problem.code.name
        case .failure(let error): "\(error)"
        }
    }

    @Test func anUnchangedFleetIsAFewListsAndNoWrite() async throws {
        try await TestNamespace.with { namespace in
            let releases = try releases(namespace)
            #expect(
                try await deploy(releases, with: namespace.provider().provider)
                    == Dictionary(uniqueKeysWithValues: Self.names.map { ($0, "changed 1") }))
            let (provider, traffic) = namespace.provider()
            #expect(
                try await deploy(releases, with: provider)
                    == Dictionary(uniqueKeysWithValues: Self.names.map { ($0, "unchanged 1") }))
            // One list for each kind that it has, one of releases, the namespace itself, and the server's version.
            let kinds = Set(releases[0].resources.map(\.identity.kind)).subtracting(["Namespace"])
            #expect(traffic.sent.count == kinds.count + 3, "\(traffic.sent)")
            #expect(traffic.writes.isEmpty)
        }
    }

    /// One that nobody can tell anything about keeps no other from being told of.
    @Test func aFleetIsComparedFromTheSameLists() async throws {
        try await TestNamespace.with { namespace in
            let releases = try releases(namespace)
            _ = try await deploy(releases, with: namespace.provider().provider)
            _ = try await namespace.api.apply(
                .deployment,
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["name": "b", "namespace": .string(namespace.name)], "spec": ["replicas": 3],
                ], .init(takesOwnership: true, manager: "somebody"))
            let (provider, traffic) = namespace.provider()
            let deployer = Deployer(provider: provider, holder: "the test") { 1_700_000_000 }
            var fleet = FleetDeployment(of: releases.count, deployer: deployer)
            for release in releases { fleet.add(FleetDeployment.Item(release, Deployer.Options())) }
            let outcomes = try await fleet.previews()
            let words = outcomes.map { outcome -> String in
                switch outcome {
                case .success(let preview): "\(preview.plan.release.service.name) \(preview.plan.hasChanges)"
                case .failure(let error): "\(error)"
                }
            }
            #expect(words.count == 5)
            #expect(words.enumerated().allSatisfy { $0 == 1 || $1 == "\(Self.names[$0]) false" }, "\(words)")
            #expect(words[1].contains("[kubernetes.conflict]"), "\(words)")
            // Less than an own look at the objects of each one would take.
            let reads = traffic.sent.filter { $0.method == .get }
            #expect(reads.count < releases.count * releases[0].resources.count, "\(traffic.sent)")
            #expect(traffic.writes.isEmpty)
        }
    }

    @Test func driftOfManyComesInTheirOrderWithoutThoseThatNeverWere() async throws {
        try await TestNamespace.with { namespace in
            let releases = try releases(namespace)
            _ = try await deploy(releases, with: namespace.provider().provider)
            _ = try await namespace.api.delete(.configMap, namespace: namespace.name, name: "c-config", uid: nil)
            let never = ServiceIdentity(name: try ServiceName("never"), namespace: namespace.name)
            let drifts = try await namespace.deployer().drifts(of: [never] + releases.map(\.service).reversed())
            #expect(drifts.map(\.release.service.name.value) == Self.names.reversed())
            #expect(drifts.filter { !$0.isEmpty }.map(\.release.service.name.value) == ["c"])
        }
    }

    @Test func aPlanFromListsIsThePlanFromSingleReads() async throws {
        try await TestNamespace.with { namespace in
            _ = try await deploy(try releases(namespace), with: namespace.provider().provider)
            // Others have been at work: a field changed, an object gone, a name taken.
            _ = try await namespace.api.apply(
                .deployment,
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["name": "b", "namespace": .string(namespace.name)], "spec": ["replicas": 3],
                ], .init(takesOwnership: true, manager: "somebody"))
            _ = try await namespace.api.delete(
                .configMap, namespace: namespace.name, name: "c-config", uid: nil)
            _ = try await namespace.api.create(
                .configMap, namespace: namespace.name,
                ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "taken-config"]])
            let wanted = try releases(namespace, Self.names + ["new", "taken"]) {
                $0 == "d" ? "deployment: {annotations: {turn: changed}}\n" : ""
            }
            let single = namespace.provider().provider
            let fleet = namespace.provider().provider.forFleet()
            let telling = [
                "b": "[kubernetes.conflict]", "c": "c-config create",
                "d": "Deployment/\(namespace.name)/d update rolling",
                "new": "Deployment/\(namespace.name)/new create", "taken": "[kubernetes.not-ours]",
            ]
            for release in wanted {
                let expected = await plan(release, with: single)
                #expect(await plan(release, with: fleet) == expected)
                if let words = telling[release.service.name.value] {
                    #expect(expected.contains { $0.contains(words) }, "\(expected)")
                } else {
                    #expect(expected.allSatisfy { $0.contains("unchanged") }, "\(expected)")
                }
            }
        }
    }

    private func plan(_ release: Release, with provider: any Provider) async -> [String] {
        do {
            let plan = try await provider.plan(release, deleteData: false)
            return ["\(plan.release.revision) after \(plan.baseRevision), unchanged"]
                + plan.changes.map { change in
                    let fields = change.fields.map {
                        "\($0.path) \($0.old.map { JSONEmitter.emit($0) } ?? "") \($0.new.map { JSONEmitter.emit($0) } ?? "")"
                    }
                    return "\(change.resource) \(change.action) \(change.effect) \(change.reason ?? "") \(fields)"
                }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func aServiceThatFailsDoesNotKeepTheOthers() async throws {
        try await TestNamespace.with { namespace in
            _ = try await namespace.api.create(
                .configMap, namespace: namespace.name,
                ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "b-config"]])
            let outcomes = try await deploy(try releases(namespace), with: namespace.provider().provider)
            #expect(outcomes["b"] == "kubernetes.not-ours")
            #expect(outcomes.filter { $0.value == "changed 1" }.keys.sorted() == ["a", "c", "d", "e"])
        }
    }

    /// A plan holds only while nobody else deploys: another fleet of the same services is not overwritten unseen.
    @Test func fleetsOfTheSameServicesTakeTurns() async throws {
        try await TestNamespace.with { namespace in
            let turns = try ["one", "two", "three"].map { turn in
                try releases(namespace) { _ in "deployment: {annotations: {turn: \(turn)}}\n" }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for releases in turns {
                    let provider = namespace.provider().provider
                    group.addTask {
                        let outcomes = try await deploy(releases, with: provider, lockWait: 600)
                        #expect(outcomes.count == releases.count)
                        #expect(outcomes.values.allSatisfy { $0.hasPrefix("changed ") }, "\(outcomes)")
                    }
                }
                try await group.waitForAll()
            }
            for name in Self.names {
                #expect(try await namespace.history(name) == "1 superseded, 2 superseded, 3 deployed")
            }
        }
    }

    @Test func whatIsNotThereIsNotLocked() async throws {
        try await TestNamespace.with { namespace in
            let missing = ServiceIdentity(name: try ServiceName("demo"), namespace: "\(namespace.name)-missing")
            let deployer = namespace.deployer()
            for work in [
                { try await deployer.destroy(missing, options: .init()) { _ in } },
                { try await deployer.scale(missing, to: 2, options: .init()) { _ in } },
                { try await deployer.rollback(missing, to: nil, options: .init()) { _ in } },
            ] as [() async throws -> DeploymentResult] {
                let problem = await #expect(throws: Diagnostic.self) { _ = try await work() }
                #expect(problem?.code == .unknownService)
            }
            #expect(try await namespace.api.get(.namespace, namespace: nil, name: missing.namespace) == nil)
        }
    }
}

@Suite struct SharedReadingTests {
    @Test(.timeLimit(.minutes(5))) func everyReadingBeginsAfterItWasAskedFor() async throws {
        let readings = Mutex(0)
        let gate = Mutex(false)
        let shared = SharedReading { () -> Int in
            let number = readings.withLock { count in
                count += 1
                return count
            }
            while number == 1, !gate.withLock(\.self) { try await Task.sleep(for: .milliseconds(1)) }
            return number
        }
        let first = Task { try await shared.value() }
        while readings.withLock(\.self) == 0 { await Task.yield() }
        // The first has begun: what is asked from now on is answered by the second, for all at once.
        let later = await shared.asked(times: 10)
        gate.withLock { $0 = true }
        #expect(try await first.value == 1)
        for task in later { #expect(try await task.value == 2) }
    }
}

extension SharedReading {
    /// Tasks that have asked already, and wait.
    fileprivate func asked(times: Int) -> [Task<Value, any Error>] {
        (0..<times).map { _ in Task.immediate { try await self.value() } }
    }
}
