import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import Testing

/// A lease that lasts for as long as its holder renews it.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct LeaseTimeTests {
    private static let limits: ProviderLimits = {
        var limits = TestNamespace.limits
        // A busy machine may stand still for seconds.
        limits.lease.duration = .seconds(8)
        limits.lease.renewal = .milliseconds(400)
        return limits
    }()

    @Test func whoRenewsItKeepsItForLongerThanItLasts() async throws {
        try await TestNamespace.with { namespace in
            let service = try namespace.service()
            let lock = try await namespace.provider(Self.limits).provider.lock(
                service, holder: "first", wait: TimeSpan(seconds: 0)
            ) { _ in }
            let first = try await namespace.lease()?.value("spec", "acquireTime")?.string
            // Longer than it lasts.
            let problem = try await #require(throws: Diagnostic.self) {
                _ = try await namespace.provider(Self.limits).provider.lock(
                    service, holder: "rival", wait: TimeSpan(seconds: 12)
                ) { _ in }
            }
            #expect(problem.code == .locked)
            #expect(try await namespace.isHeld(by: "first"))
            let spec = try await namespace.lease()?["spec"]
            #expect(try #require(spec?["renewTime"]?.string) > #require(first))
            #expect(spec?["acquireTime"]?.string == first)
            #expect(spec?["leaseTransitions"] == 0)
            await lock.release()
        }
    }

    /// Nobody else has taken it, and nobody says that it is ours: then it may be another's by now.
    @Test func whoCannotRenewItWritesNothingOnceItIsOver() async throws {
        try await TestNamespace.with { namespace in
            let isCutOff = Mutex(false)
            let (provider, traffic) = namespace.provider(
                Self.limits,
                by: { client in
                    Detour(base: client) { path in
                        isCutOff.withLock(\.self) && path.contains("/leases/") ? .status(503, "") : nil
                    }
                })
            let lock = try await provider.lock(namespace.service(), holder: "first", wait: TimeSpan(seconds: 0)) { _ in
            }
            var release = try Layers("").release(namespace) { $0.stopPods() }
            release.revision = 1
            try await provider.releases.save(release, keeping: 10)
            isCutOff.withLock { $0 = true }
            // Until it is over, it is still ours.
            try await provider.releases.save(release, keeping: 10)
            try await Task.sleep(for: .seconds(8.5))
            traffic.forget()
            let problem = try await #require(throws: Diagnostic.self) {
                try await provider.releases.save(release, keeping: 10)
            }
            #expect(problem.code == .locked)
            #expect(traffic.writes.isEmpty, "\(traffic.writes)")
            // It is back, and nobody has taken the lease: the work goes on.
            isCutOff.withLock { $0 = false }
            try await provider.releases.save(release, keeping: 10)
            await lock.release()
        }
    }
}
