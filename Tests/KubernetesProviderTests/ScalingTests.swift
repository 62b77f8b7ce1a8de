import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// How many replicas run, and who decides: `scale`, for a time or to stay, with an autoscaler and without.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ScalingTests {
    private static let start = 1_700_000_000
    private static let autoscaled = autoscaled("none")

    private static func autoscaled(_ annotation: String) -> String {
        """
        scaling: {enabled: true, min_replicas: 2, max_replicas: 5}
        deployment: {replicas: 2, annotations: {example: \(annotation)}}

        """
    }

    private func scale(
        _ namespace: TestNamespace, to replicas: Int, for time: TimeSpan? = nil, at now: Int = start
    ) async throws {
        _ = try await namespace.deployer(at: now).scale(
            namespace.service(), to: replicas, for: time, options: .init()
        ) { _ in }
    }

    private func deploy(_ namespace: TestNamespace, _ layer: String, at now: Int = start) async throws {
        _ = try await namespace.deployer(at: now).deploy(
            Layers(layer).release(namespace), options: .init()
        ) { _ in }
    }

    private func status(_ namespace: TestNamespace) async throws -> ServiceStatus {
        try #require(try await namespace.provider().provider.observe([namespace.service()]).first)
    }

    @Test func aScalingForATimeIsShownKeptAndTakenBackByTheNextDeploy() async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, "deployment: {replicas: 2}\n")
            try await scale(namespace, to: 3, for: TimeSpan(seconds: 7200))
            let scaled = ScaleOverride(replicas: 3, expires: Self.start + 7200, configured: .fixed(2))
            #expect(try await status(namespace).scaleOverride == scaled)
            #expect(scaled.timeLeft(at: Self.start + 60)?.description == "1h59m")
            // A deployment meanwhile keeps both the number and the end.
            try await deploy(namespace, "deployment: {replicas: 1, annotations: {a: b}}\n", at: Self.start + 7199)
            #expect(try await status(namespace).desiredReplicas == 3)
            #expect(
                try await status(namespace).scaleOverride
                    == ScaleOverride(replicas: 3, expires: Self.start + 7200, configured: .fixed(1)))
            try await deploy(namespace, "deployment: {replicas: 1, annotations: {a: b}}\n", at: Self.start + 7200)
            #expect(try await status(namespace).desiredReplicas == 1)
            #expect(try await status(namespace).scaleOverride == nil)
        }
    }

    @Test func expiryGoesBackOnceItIsDueAndDoesNothingElse() async throws {
        try await TestNamespace.with { namespace in
            func expire(at now: Int) async throws -> DeploymentResult? {
                try await namespace.deployer(at: now).expireScale(of: namespace.service(), options: .init()) { _ in }
            }
            try await deploy(namespace, "deployment: {replicas: 2}\n")
            #expect(try await expire(at: Self.start) == nil)
            // One that stays, and one for a time over it.
            try await scale(namespace, to: 1)
            try await scale(namespace, to: 3, for: TimeSpan(seconds: 60))
            #expect(try await expire(at: Self.start + 59) == nil)
            #expect(try await status(namespace).desiredReplicas == 3)
            #expect(try await expire(at: Self.start + 60)?.revision == 4)
            #expect(try await status(namespace).desiredReplicas == 1)
            #expect(
                try await status(namespace).scaleOverride == ScaleOverride(replicas: 1, configured: .fixed(2)))
            #expect(try await expire(at: Self.start + 61) == nil)
            let reason = try await namespace.provider().provider.releases.releases(of: namespace.service()).last?.reason
            #expect(reason == "scale to 3 replicas has expired")
        }
    }

    @Test func aRollbackBringsNoExpiredScalingBack() async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, "deployment: {replicas: 2}\n")
            try await scale(namespace, to: 3, for: TimeSpan(seconds: 60))
            try await deploy(namespace, "deployment: {replicas: 1}\n", at: Self.start + 60)
            _ = try await namespace.deployer(at: Self.start + 60).rollback(
                namespace.service(), to: 2, options: .init()
            ) { _ in }
            #expect(try await status(namespace).desiredReplicas == 2)
            #expect(try await status(namespace).scaleOverride == nil)
        }
    }

    // MARK: Autoscalers

    @Test func setsTheBoundsOfAnAutoscalerAndGivesThemBack() async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, Self.autoscaled)
            #expect(try await namespace.bounds() == "2-5")
            try await scale(namespace, to: 3, for: TimeSpan(seconds: 60))
            #expect(try await namespace.bounds() == "3-3")
            #expect(try await status(namespace).readyReplicas == 3)
            _ = try await namespace.deployer(at: Self.start + 60).expireScale(
                of: namespace.service(), options: .init()
            ) { _ in }
            #expect(try await namespace.bounds() == "2-5")
            // What the autoscaler had made of it stays: it decides again, and nothing falls.
            #expect(try await status(namespace).desiredReplicas == 3)
        }
    }

    /// Where a Deployment's own number goes, the number that runs stays until the autoscaler changes it.
    @Test func handsReplicasOverToAnAutoscalerWithoutAFall() async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, "deployment: {replicas: 4}\n")
            let seen = Mutex<[(version: String?, replicas: Int?)]>([])
            let watching = Task { [api = namespace.api] in
                try await api.watch(Selection(.deployment, namespace: namespace.name)) { event in
                    let objects =
                        switch event {
                        case .listed(let items): items
                        case .changed(let object), .deleted(let object): [object]
                        }
                    for object in objects {
                        seen.withLock {
                            $0.append((object.resourceVersion, object.value("spec", "replicas")?.integer))
                        }
                    }
                    return .goOn
                }
            }
            defer { watching.cancel() }
            try await eventually { seen.withLock { !$0.isEmpty } }
            try await deploy(namespace, Self.autoscaled("b"))
            #expect(try await namespace.bounds() == "2-5")
            #expect(try await status(namespace).desiredReplicas == 4)
            let live = try #require(try await namespace.api.get(.deployment, namespace: namespace.name, name: "demo"))
            let owners = (live.value("metadata", "managedFields")?.sequence ?? [])
                .filter { $0.value("fieldsV1", "f:spec", "f:replicas") != nil }.compactMap { $0["manager"]?.string }
            #expect(owners == ["synthdata-infra-autoscaler"])
            // And nobody takes it back from there.
            try await deploy(namespace, Self.autoscaled("c"))
            #expect(try await status(namespace).desiredReplicas == 4)
            // Nothing of it is still on its way.
            try await eventually {
                let last = try await namespace.live(.deployment, "demo")?.resourceVersion
                return seen.withLock { $0.last?.version == last }
            }
            #expect(Set(seen.withLock { $0.map(\.replicas) }) == [4])
            // Only who scales to nothing does.
            try await scale(namespace, to: 0)
            #expect(try await status(namespace).desiredReplicas == 0)
        }
    }

    @Test(arguments: ["expiry", "deploy", "scale"])
    func goesToZeroAndBackUnderAnAutoscaler(by way: String) async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, Self.autoscaled)
            try await scale(namespace, to: 0, for: TimeSpan(seconds: 60))
            let stopped = try await status(namespace)
            #expect(stopped.state == .stopped, "\(stopped)")
            #expect(stopped.desiredReplicas == 0)
            switch way {
            case "expiry":
                _ = try await namespace.deployer(at: Self.start + 60).expireScale(
                    of: namespace.service(), options: .init()
                ) { _ in }
            case "deploy": try await deploy(namespace, Self.autoscaled, at: Self.start + 60)
            default: try await scale(namespace, to: 3)
            }
            #expect(try await namespace.bounds() == (way == "scale" ? "3-3" : "2-5"))
            let after = try await status(namespace)
            #expect(after.readyReplicas == (way == "scale" ? 3 : 2))
            #expect(after.state == .healthy)
        }
    }

    /// The autoscaler's last number is nobody's to defend once there is none.
    @Test func takesReplicasBackFromAnAutoscalerThatGoes() async throws {
        try await TestNamespace.with { namespace in
            try await deploy(namespace, Self.autoscaled)
            try await scale(namespace, to: 4)
            var options = Deployer.Options()
            options.replicasAreExplicit = true
            _ = try await namespace.deployer().deploy(
                Layers("deployment: {replicas: 1}\n").release(namespace), options: options
            ) { _ in }
            #expect(try await namespace.bounds() == nil)
            #expect(try await status(namespace).desiredReplicas == 1)
        }
    }
}

extension TestNamespace {
    func deployer(at now: Int) -> Deployer {
        Deployer(provider: provider().provider, holder: "the test") { now }
    }

    /// `2-5`; nil without an autoscaler.
    fileprivate func bounds() async throws -> String? {
        let spec = try await api.get(Self.autoscaler, namespace: name, name: "demo")?["spec"]
        guard let spec, let maximum = spec["maxReplicas"]?.integer else { return nil }
        return "\(spec["minReplicas"]?.integer ?? 1)-\(maximum)"
    }
}
