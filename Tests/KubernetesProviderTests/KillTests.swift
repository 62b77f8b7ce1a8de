import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// A deployment that ends between any two of its writes, and is run again.
///
/// Whatever happens between two writes leaves the cluster as it is: to end before a read is to end before the write that
/// follows, and to end after a write is to end before the next one. So all there is are the places between writes.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct KillTests {
    enum Scenario: String, Sendable, CaseIterable {
        case create
        case update
        case prune
        case rollback
        case destroy
    }

    private static let ingress = "networking: {ingress: {enabled: true, class: null}}\n"

    private func release(_ namespace: TestNamespace, _ layer: String, _ version: String) throws -> Release {
        // Pods come and go without this tool: only writes matter here.
        var release = try Layers(layer).release(namespace) { resources in
            for index in resources.indices where resources[index].identity.kind == "Deployment" {
                resources[index].manifest.merge([
                    "spec": ["replicas": 0, "template": ["metadata": ["annotations": ["version": .string(version)]]]]
                ])
            }
        }
        release = Release(
            service: release.service, dataType: release.dataType, provider: release.provider,
            environment: release.environment, version: version, reason: "deploy", resources: release.resources)
        return release
    }

    private func prepare(_ scenario: Scenario, _ namespace: TestNamespace) async throws {
        _ = try await namespace.api.create(
            .configMap, namespace: namespace.name,
            ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "by-hand"], "data": ["of": "others"]])
        if scenario == .create { return }
        try await namespace.deploy(release(namespace, Self.ingress, "a"))
        if scenario == .rollback { try await namespace.deploy(release(namespace, "", "b")) }
    }

    private func run(_ scenario: Scenario, _ namespace: TestNamespace, _ provider: KubernetesProvider) async throws {
        var options = Deployer.Options()
        options.lockWait = TimeSpan(seconds: 0)
        options.timeout = TimeSpan(seconds: 30)
        let deployer = namespace.deployer(provider)
        switch scenario {
        case .create: _ = try await deployer.deploy(release(namespace, Self.ingress, "a"), options: options) { _ in }
        case .update:
            _ = try await deployer.deploy(release(namespace, Self.ingress, "b"), options: options) { _ in }
        case .prune: _ = try await deployer.deploy(release(namespace, "", "b"), options: options) { _ in }
        case .rollback:
            _ = try await deployer.rollback(namespace.service(), to: 1, options: options) { _ in }
        case .destroy: _ = try await deployer.destroy(namespace.service(), options: options) { _ in }
        }
    }

    @Test(arguments: Scenario.allCases)
    func whatWasCutOffAnywhereIsCompletedByTheNextRun(of scenario: Scenario) async throws {
        var expected: [String] = []
        var writes = 0
        try await TestNamespace.with { namespace in
            try await prepare(scenario, namespace)
            let (provider, traffic) = namespace.provider()
            try await run(scenario, namespace, provider)
            writes = traffic.writes.count
            expected = try await namespace.snapshot()
        }
        #expect(writes > 5)
        var cuts = 0
        for write in 1...max(writes, 1) {
            try await TestNamespace.with { namespace in
                try await prepare(scenario, namespace)
                let bystander = try await namespace.api.get(.configMap, namespace: namespace.name, name: "by-hand")
                let (provider, traffic) = namespace.provider(cut: .before(write))
                // To free the lock comes last, and whether that works nobody is told.
                try? await run(scenario, namespace, provider)
                cuts += traffic.isCut ? 1 : 0
                try await namespace.holderIsGone()
                do {
                    try await run(scenario, namespace, namespace.provider().provider)
                } catch let problem as Diagnostic where scenario == .destroy && problem.code == .unknownService {
                    // There was nothing left to do but to free the lock.
                }
                let snapshot = try await namespace.snapshot()
                #expect(snapshot == expected, "\(scenario) before write \(write)")
                #expect(
                    try await namespace.api.get(.configMap, namespace: namespace.name, name: "by-hand") == bystander)
            }
        }
        // A run that takes long renews its lease, which is a write more.
        #expect(cuts >= writes - 2, "\(scenario): cut off \(cuts) times in \(writes) writes")
    }
}

extension KillTests {
    /// What serves after the end of a deployment is not taken for what it was about to deploy.
    @Test func aDoomedReleaseThatWasCutOffIsNeverRecordedAsDeployed() async throws {
        var options = Deployer.Options()
        options.lockWait = TimeSpan(seconds: 0)
        options.timeout = TimeSpan(seconds: 30)
        options.rollbackOnFailure = true
        var cuts = 0
        for write in 1...100 {
            var wasCut = true
            try await TestNamespace.with { namespace in
                try await namespace.deploy(Layers("").release(namespace))
                let doomed = try Layers(
                    "deployment: {image: \"registry.example.com/demo:typo\", annotations: {version: b}}\n"
                ).release(namespace)
                let (provider, traffic) = namespace.provider(cut: .before(write))
                _ = try? await namespace.deployer(provider).deploy(doomed, options: options) { _ in }
                wasCut = traffic.isCut
                try await namespace.holderIsGone()
                let problem = try await #require(throws: Diagnostic.self) {
                    _ = try await namespace.deployer().deploy(doomed, options: options) { _ in }
                }
                #expect(problem.code == .doomed)
                // The first one, or the rollback to it that was cut off.
                #expect(problem.notes.last?.message.contains("runs again") == true, "before write \(write)")
                let live = try await namespace.live(.deployment, "demo")
                let containers = live?.value("spec", "template", "spec", "containers")?.sequence
                #expect(containers?.first?["image"]?.string == "registry.example.com/demo:1", "before write \(write)")
            }
            if !wasCut { break }
            cuts += 1
        }
        #expect(cuts > 5 && cuts < 100)
    }
}

extension TestNamespace {
    /// Makes the holder of the lock a process of this machine that is no more, as it is after a kill.
    func holderIsGone() async throws {
        // The holder may be renewing it meanwhile.
        try await eventually {
            guard var lease = try await lease() else { return true }
            let place = lease.value("metadata", "annotations", "synthdata.io/lock-process")?.string ?? ""
            let gone = place.split(separator: " ").dropLast().joined(separator: " ") + " 0"
            lease.merge(["metadata": ["annotations": ["synthdata.io/lock-process": .string(gone)]]])
            do {
                _ = try await api.replace(.lease, lease)
                return true
            } catch let status as APIStatus where status.isConflict || status.isNotFound {
                return false
            }
        }
    }
}
