import ControlPlane
import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Who may deploy a service while others want to.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct LockTests {
    @Test func tenAtOnceTakeTurnsAndNoneIsLost() async throws {
        try await TestNamespace.with { namespace in
            let all = (0..<10).map { _ in namespace.provider() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, each) in all.enumerated() {
                    let layer = "deployment: {annotations: {turn: \"\(index)\"}}\n"
                    let release = try Layers(layer).release(namespace) { $0.stopPods() }
                    group.addTask {
                        try await namespace.deploy(
                            release, with: each.provider, lockWait: 600, holder: "deployer \(index)")
                    }
                }
                try await group.waitForAll()
            }
            let expected = (1...10).map { "\($0) \($0 == 10 ? "deployed" : "superseded")" }.joined(separator: ", ")
            #expect(try await namespace.history() == expected)
            // From the first write under the lock to the last, nobody else writes.
            let writes = all.enumerated().flatMap { index, each in each.traffic.writes.map { (index, $0) } }
                .filter { !$0.1.path.contains("leases") }.sorted { $0.1.time < $1.1.time }
            var turns: [Int] = []
            for (index, _) in writes where turns.last != index { turns.append(index) }
            #expect(turns.count == 10)
            // What stands is what was recorded last.
            let live = try await namespace.api.get(.deployment, namespace: namespace.name, name: "demo")
            let last = try #require(
                try await namespace.provider().provider.releases.releases(of: namespace.service()).last)
            let wanted = try #require(last.resources.first { $0.identity.kind == "Deployment" }?.manifest)
            let turn = ["spec", "template", "metadata", "annotations", "turn"]
            #expect(live?[NodePath(keys: turn)]?.string == wanted[NodePath(keys: turn)]?.string)
        }
    }

    @Test func whoLosesTheLeaseWritesNothingMore() async throws {
        try await TestNamespace.with { namespace in
            var limits = TestNamespace.limits
            limits.lease.renewal = .milliseconds(100)
            let (provider, traffic) = namespace.provider(limits)
            let lock = try await provider.lock(namespace.service(), holder: "first", wait: TimeSpan(seconds: 0)) { _ in
            }
            let release = try Layers("").release(namespace) { $0.stopPods() }
            let plan = try await provider.plan(release, deleteData: false)
            // Somebody takes it by force.
            try await namespace.steal()
            // Once it has looked again, it knows.
            traffic.forget()
            try await eventually { traffic.sent.count { $0.path.contains("leases") } > 2 }
            traffic.forget()
            for work in [
                { _ = try await provider.apply(plan, timeout: TimeSpan(seconds: 5)) { _ in } },
                { try await provider.releases.save(plan.release, keeping: 10) },
                { try await provider.releases.removeAll(of: release.service) },
            ] as [() async throws -> Void] {
                let problem = try await #require(throws: Diagnostic.self) { try await work() }
                #expect(problem.code == .locked)
            }
            #expect(traffic.writes.isEmpty)
            await lock.release()
            #expect(try await namespace.isHeld(by: "second"))
        }
    }

    /// No test waits for the next renewal.
    private static var seldomRenewed: ProviderLimits {
        var limits = TestNamespace.limits
        limits.lease.duration = .seconds(1200)
        limits.lease.renewal = .seconds(600)
        return limits
    }

    @Test func aTheftAmidTheWritesIsSeenAtOnce() async throws {
        try await TestNamespace.with { namespace in
            let looks = Mutex(0)
            let isStolen = Mutex(false)
            let (provider, traffic) = namespace.provider(
                Self.seldomRenewed,
                meanwhile: { request in
                    guard request.isWrite, request.path.hasSuffix("/serviceaccounts/demo"),
                        isStolen.withLock({ was in
                            defer { was = true }
                            return !was
                        })
                    else { return }
                    let before = looks.withLock(\.self)
                    try? await namespace.steal()
                    try? await eventually { looks.withLock(\.self) > before }
                    // It knows as soon as it has the answer.
                    try? await Task.sleep(for: .milliseconds(300))
                },
                by: { base in
                    Counting(base: base) { request in
                        if request.method == .get, request.url.path.hasSuffix("/leases/synthdata-lock.demo") {
                            looks.withLock { $0 += 1 }
                        }
                    }
                })
            let release = try Layers("").release(namespace) { $0.stopPods() }
            let problem = await #expect(throws: Diagnostic.self) {
                try await namespace.deploy(release, with: provider)
            }
            #expect(problem?.code == .locked, "\(String(describing: problem))")
            // What was under way is finished; what comes after it is not begun.
            #expect(!traffic.writes.contains { $0.path.hasSuffix("/deployments/demo") }, "\(traffic.writes)")
            #expect(try await namespace.isHeld(by: "second"))
        }
    }

    @Test func aLeaseThatIsDeletedIsHadAgain() async throws {
        try await TestNamespace.with { namespace in
            let provider = namespace.provider(Self.seldomRenewed).provider
            let lock = try await provider.lock(namespace.service(), holder: "first", wait: TimeSpan(seconds: 0)) { _ in
            }
            let first = try #require(try await namespace.lease()).objectUID
            _ = try await namespace.api.delete(
                .lease, namespace: namespace.name, name: "synthdata-lock.demo", uid: nil)
            try await eventually { try await namespace.lease().map { $0.objectUID != first } == true }
            #expect(try await namespace.isHeld(by: "first"))
            await lock.release()
            #expect(try await namespace.lease() == nil)
        }
    }

    /// The lock of another task of the same process is not that of the one which lost its own.
    @Test func whoLostTheLeaseDoesNotWriteUnderTheLockOfAnother() async throws {
        try await TestNamespace.with { namespace in
            var limits = TestNamespace.limits
            limits.lease.renewal = .milliseconds(100)
            let (provider, traffic) = namespace.provider(limits)
            let take = {
                try await provider.lock(namespace.service(), holder: "one", wait: TimeSpan(seconds: 0)) { _ in }
            }
            let lost = try await take()
            try await namespace.steal()
            traffic.forget()
            try await eventually { traffic.sent.count { $0.path.contains("leases") } > 2 }
            _ = try await namespace.api.delete(
                .lease, namespace: namespace.name, name: "synthdata-lock.demo", uid: nil)
            let problem = await #expect(throws: Diagnostic.self) { _ = try await take() }
            #expect(problem?.code == .locked)
            // What was taken for nothing keeps nobody waiting.
            #expect(try await namespace.lease() == nil)
            var release = try Layers("").release(namespace) { $0.stopPods() }
            release.revision = 1
            let refusal = await #expect(throws: Diagnostic.self) {
                try await provider.releases.save(release, keeping: 10)
            }
            #expect(refusal?.code == .locked)
            await lost.release()
            let next = try await take()
            try await provider.releases.save(release, keeping: 10)
            await next.release()
        }
    }

    @Test func takesOverWhatHasExpired() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.hold(renewed: Date(timeIntervalSinceNow: -3600), for: 15)
            let lock = try await namespace.provider().provider.lock(
                namespace.service(), holder: "next", wait: TimeSpan(seconds: 0)
            ) { _ in }
            #expect(try await namespace.isHeld(by: "next"))
            await lock.release()
            #expect(try await namespace.lease() == nil)
        }
    }

    @Test func waitsForWhatHasNotExpiredYet() async throws {
        try await TestNamespace.with { namespace in
            let (service, provider) = (try namespace.service(), namespace.provider().provider)
            try await namespace.hold(renewed: Date(), for: 8)
            let problem = try await #require(throws: Diagnostic.self) {
                _ = try await provider.lock(service, holder: "next", wait: TimeSpan(seconds: 0)) { _ in }
            }
            #expect(problem.code == .locked)
            let lock = try await provider.lock(service, holder: "next", wait: TimeSpan(seconds: 60)) { _ in }
            #expect(try await namespace.isHeld(by: "next"))
            await lock.release()
        }
    }

    /// Two look at the same expired lease, and the other one is faster.
    @Test func onlyOneTakesOverAnExpiredLease() async throws {
        try await TestNamespace.with { namespace in
            let service = try namespace.service()
            try await namespace.hold(renewed: Date(timeIntervalSinceNow: -3600), for: 15)
            let (faster, _) = namespace.provider()
            let (slower, _) = namespace.provider(meanwhile: { request in
                guard request.isRenewal, (try? await namespace.isHeld(by: "faster")) == false else { return }
                _ = try? await faster.lock(service, holder: "faster", wait: TimeSpan(seconds: 0)) { _ in }
            })
            let problem = try await #require(throws: Diagnostic.self) {
                _ = try await slower.lock(service, holder: "slower", wait: TimeSpan(seconds: 0)) { _ in }
            }
            #expect(problem.code == .locked)
            #expect(try await namespace.isHeld(by: "faster"))
        }
    }

    @Test func takesOverAtOnceFromAProcessThatIsGone() async throws {
        try await TestNamespace.with { namespace in
            let service = try namespace.service()
            let (dead, traffic) = namespace.provider()
            _ = try await dead.lock(service, holder: "dead", wait: TimeSpan(seconds: 0)) { _ in }
            traffic.end()
            await #expect(throws: Diagnostic.self) {
                _ = try await namespace.provider().provider.lock(service, holder: "next", wait: TimeSpan(seconds: 0)) {
                    _ in
                }
            }
            try await namespace.holderIsGone()
            let lock = try await namespace.provider().provider.lock(
                service, holder: "next", wait: TimeSpan(seconds: 0)
            ) { _ in }
            #expect(try await namespace.isHeld(by: "next"))
            await lock.release()
        }
    }

    /// Between the last look and the deletion somebody else may have taken the lease over, under the same UID.
    @Test func freesOnlyTheLeaseThatItRead() async throws {
        try await TestNamespace.with { namespace in
            let isStolen = Mutex(false)
            let (provider, _) = namespace.provider(meanwhile: { request in
                guard request.method == .delete, request.path.contains("/leases/"), !isStolen.withLock(\.self) else {
                    return
                }
                try? await namespace.steal()
                isStolen.withLock { $0 = true }
            })
            let lock = try await provider.lock(namespace.service(), holder: "first", wait: TimeSpan(seconds: 0)) { _ in
            }
            await lock.release()
            #expect(isStolen.withLock { $0 } == true)
            #expect(try await namespace.isHeld(by: "second"))
        }
    }
}

extension [Resource] {
    /// Without pods a rollout is over at once.
    mutating func stopPods() {
        for index in indices where self[index].identity.kind == "Deployment" {
            self[index].manifest.merge(["spec": ["replicas": 0]])
        }
    }
}

extension TestNamespace {
    func lease() async throws -> Node? {
        try await api.get(.lease, namespace: name, name: "synthdata-lock.demo")
    }

    func isHeld(by holder: String) async throws -> Bool {
        try await lease()?.value("spec", "holderIdentity")?.string == holder
    }

    /// Puts another holder in the place of the one that there is, which may be renewing it meanwhile.
    func steal() async throws {
        try await eventually {
            guard var lease = try await lease() else { return false }
            lease.merge([
                "spec": ["holderIdentity": "second"], "metadata": ["annotations": ["synthdata.io/lock-token": "other"]],
            ])
            return (try? await api.replace(.lease, lease)) != nil
        }
    }

    /// A lease of a process on another machine.
    func hold(renewed: Date, for seconds: Int) async throws {
        let time = "\(renewed.formatted(.iso8601).dropLast()).000000Z"
        _ = try await api.create(
            .lease, namespace: name,
            [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "synthdata-lock.demo"],
                "spec": [
                    "holderIdentity": "elsewhere", "leaseDurationSeconds": .integer(seconds),
                    "renewTime": .string(time), "acquireTime": .string(time),
                ],
            ])
    }
}

/// Tells of each request that was answered.
private struct Counting: HTTPClient {
    let base: any HTTPClient
    let tell: @Sendable (HTTPRequest) -> Void

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await base.send(request)
        tell(request)
        return response
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream { try await base.stream(request) }
}
