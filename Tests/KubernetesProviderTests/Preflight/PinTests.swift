import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// Services that are pinned to one cluster.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct PinTests {
    private static let another = "00000000-0000-4000-8000-000000000000"

    private static func layer(_ uid: String) -> String { "deployment:\n  cluster_uid: \(uid)\n" }

    private static func release(_ namespace: TestNamespace, _ uid: String) throws -> Release {
        try Layers(layer(uid)).release(namespace) { $0.stopPods() }
    }

    private static func uid(_ namespace: TestNamespace) async throws -> String {
        try #require(try await namespace.api.get(.namespace, namespace: nil, name: "kube-system")?.objectUID)
    }

    /// What is done to a service.
    enum Deed: String, Sendable, CaseIterable {
        case deploy, diff, scale, rollback, destroy, revert
    }

    private static func act(
        _ deed: Deed, _ deployer: Deployer, _ release: Release
    ) async throws {
        let options = Deployer.Options()
        switch deed {
        case .deploy: _ = try await deployer.deploy(release, options: options) { _ in }
        case .diff: _ = try await deployer.plan(release, options: options)
        case .scale: _ = try await deployer.scale(release.service, to: 0, options: options) { _ in }
        case .rollback: _ = try await deployer.rollback(release.service, to: 1, options: options) { _ in }
        case .destroy: _ = try await deployer.destroy(release.service, options: options) { _ in }
        case .revert: _ = try await deployer.revert(release.service, options: options) { _ in }
        }
    }

    @Test(arguments: Deed.allCases) func nothingIsWrittenToAnotherCluster(_ deed: Deed) async throws {
        try await TestNamespace.with { namespace in
            let uid = try await Self.uid(namespace)
            try await namespace.deploy(try Self.release(namespace, uid))
            let (provider, traffic) = namespace.provider()
            // The project's layers name another cluster now.
            let place = SourceLocation(file: SourceFile("production.yaml"), line: 2, column: 16)
            let deployer = Deployer(
                provider: provider, holder: "the test", pin: { _ in ClusterPin(uid: Self.another, location: place) }
            ) { 0 }
            let release = try Self.release(namespace, Self.another)
            let problems = try await namespace.problems { try await Self.act(deed, deployer, release) }
            let problem = try #require(problems.first)
            #expect(problem.code.name == "kubernetes.wrong-cluster", "\(problem)")
            #expect(problem.what == "the context `test` leads to another cluster than the configured one")
            #expect(problem.why == "its UID is \(uid); deployment.cluster_uid is \(Self.another)")
            #expect(problem.fix?.contains("set deployment.cluster_uid to \(uid)") == true)
            let isOfRelease = deed == .deploy || deed == .diff
            #expect(
                problem.location?.short
                    == (isOfRelease
                        ? try Layers(Self.layer(Self.another)).place(of: Self.another) : "production.yaml:2:16"))
            #expect(traffic.writes.isEmpty, "\(traffic.writes)")
        }
    }

    /// A backup that was restored into another cluster brings the records along.
    @Test(arguments: [Deed.scale, .rollback, .destroy, .revert])
    func thePinThatWasReleasedCountsWhereNothingElseIsKnown(_ deed: Deed) async throws {
        try await TestNamespace.with { namespace in
            var release = try Self.release(namespace, Self.another)
            release.revision = 1
            release.status = .deployed
            try await namespace.provider().provider.releases.save(release, keeping: 10)
            let (provider, traffic) = namespace.provider()
            let deployer = namespace.deployer(provider)
            let problems = try await namespace.problems { try await Self.act(deed, deployer, release) }
            #expect(problems.first?.code.name == "kubernetes.wrong-cluster", "\(problems)")
            #expect(problems.first?.location?.short == (try Layers(Self.layer(Self.another)).place(of: Self.another)))
            #expect(traffic.writes.isEmpty, "\(traffic.writes)")
        }
    }

    @Test func thePinOfAnUnchangedDeploymentIsRecorded() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(try Layers("").release(namespace) { $0.stopPods() })
            let uid = try await Self.uid(namespace)
            try await namespace.deploy(try Self.release(namespace, uid))
            let releases = try await namespace.provider().provider.releases.releases(of: namespace.service())
            #expect(releases.map(\.revision) == [1])
            #expect(releases.last?.cluster?.uid == uid)
            #expect(releases.last?.cluster?.location.short == (try Layers(Self.layer(uid)).place(of: uid)))
        }
    }

    @Test func whoMayNotLookIsToldTheRule() async throws {
        try await TestNamespace.with { namespace in
            let (provider, traffic) = try await namespace.restricted()
            let release = try Self.release(namespace, Self.another)
            let problems = try await namespace.problems { try await namespace.deploy(release, with: provider) }
            #expect(problems.first?.code.name == "kubernetes.forbidden")
            #expect(problems.first?.fix?.contains("resourceNames: [kube-system], verbs: [get]") == true, "\(problems)")
            #expect(traffic.writes.isEmpty)
        }
    }
}
