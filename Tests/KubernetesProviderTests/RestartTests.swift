import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import Testing

/// An API server that goes away and comes back while a service is deployed.
@Suite(.serialized, .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct RestartTests {
    /// After which event the API server is killed.
    enum Moment: String, Sendable, CaseIterable {
        case amidTheWrites
        /// All is written, and only waited for.
        case amidTheRollout

        func has(_ event: DeploymentEvent) -> Bool {
            switch (self, event) {
            case (.amidTheWrites, .applied(let object, _)): object.kind == "ConfigMap"
            case (.amidTheRollout, .progress): true
            default: false
            }
        }
    }

    /// What a deployment may say that found no server.
    private static let told: Set<String> = [
        "http.connection-lost", "http.timed-out", "http.unreachable", "kubernetes.refused", "kubernetes.forbidden",
        "deploy.locked",
    ]

    private static let plane = Task.detached { try await ControlPlane.start(["--nodes", "1"]) }

    @Test(arguments: Moment.allCases) func theDeploymentGoesOnWhenTheServerIsBack(moment: Moment) async throws {
        let plane = try await Self.plane.value
        try await TestNamespace.with(of: plane) { namespace in
            let release = try Layers("deployment: {image: \"registry.example.com/demo:slow\"}\n").release(namespace)
            let (moments, continuation) = AsyncStream.makeStream(of: Void.self)
            let isKilled = Mutex(false)
            async let restarted: Bool = {
                for await _ in moments {
                    isKilled.withLock { $0 = true }
                    try await plane.restart("kube-apiserver")
                    return true
                }
                return false
            }()
            // A server that was killed amid a request may leave it undone: then a person runs the command again, once the
            // server is back.
            var attempts = 0
            while true {
                attempts += 1
                do {
                    let provider = try namespace.provider(by: plane.kubeconfigs.admin)
                    let deployer = namespace.deployer(provider)
                    _ = try await deployer.deploy(release, options: Deployer.Options()) { event in
                        if moment.has(event) { continuation.yield() }
                    }
                    break
                } catch let problem as Diagnostic where attempts < 3 {
                    #expect(Self.told.contains(problem.code.name), "\(problem)")
                } catch let report as DiagnosticReport where attempts < 3 {
                    for problem in report.diagnostics { #expect(Self.told.contains(problem.code.name), "\(problem)") }
                }
                let isServerAway = isKilled.withLock { $0 }
                if isServerAway { #expect(try await restarted) }
            }
            let wasKilled = isKilled.withLock { $0 }
            #expect(wasKilled, "the deployment was over before")
            continuation.finish()
            #expect(try await restarted)
            let live = try await namespace.live(.deployment, "demo")
            #expect(live?.value("status", "availableReplicas")?.integer == 1)
            #expect(try await namespace.history().hasSuffix(" deployed"))
            // While it only waits, nothing of it is seen but that it takes longer.
            if moment == .amidTheRollout { #expect(attempts == 1) }
        }
    }
}
