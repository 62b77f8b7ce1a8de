import ControlPlane
import Diagnostics
import Documents
import Foundation
import HTTPTransport
import Testing

@testable import KubernetesClient

/// The whole client before a server that fails for a while.
@Suite(.serialized, .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct FaultTests {
    private static func client(_ proxy: FaultProxy) async throws -> Cluster {
        try await Cluster.make("faults", proxy.kubeconfig)
    }

    private static func proxy(isSecure: Bool = false) async throws -> FaultProxy {
        try await FaultProxy.start(before: ControlPlane.shared(), isSecure: isSecure)
    }

    @Test(arguments: ["status:429", "status:503"]) func retryAfterIsHonoured(fault: String) async throws {
        let proxy = try await Self.proxy()
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init(fault, times: 1, headers: ["Retry-After": "1"]))
        let start = ContinuousClock.now
        _ = try await cluster.api.apply(.configMap, cluster.configMap("a", "1"))
        // Without it the pause would have been 200 milliseconds at most.
        #expect(start.duration(to: .now) >= .seconds(1))
        #expect(try await proxy.requests().map(\.fault) == [fault, nil])
    }

    @Test(arguments: ["reset", "lost", "status:500", "status:503", "status:504", "cut"], [false, true])
    func whatIsSafeIsRepeated(fault: String, isSecure: Bool) async throws {
        let proxy = try await Self.proxy(isSecure: isSecure)
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init(fault, times: 2))
        let applied = try await cluster.api.apply(.configMap, cluster.configMap("a", "1"))
        #expect(try await proxy.requests().map(\.fault) == [fault, fault, nil])
        try await proxy.obey(.init(fault, times: 1))
        #expect(try await cluster.api.get(.configMap, namespace: cluster.namespace, name: "a") == applied)
        try await proxy.obey(.init(fault, times: 1))
        let isGone = try await cluster.api.delete(
            .configMap, namespace: cluster.namespace, name: "a", uid: applied.objectUID)
        // A lost answer: the object was deleted, and the second request found nothing.
        #expect(isGone == !["lost", "cut"].contains(fault))
        #expect(try await cluster.api.get(.configMap, namespace: cluster.namespace, name: "a") == nil)
    }

    @Test(arguments: ["lost", "status:500", "status:503", "cut"])
    func creatingIsNotRepeatedWhereItMayHaveHappened(fault: String) async throws {
        let proxy = try await Self.proxy()
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init(fault, method: "POST", times: 1))
        await #expect(throws: (any Error).self) {
            try await cluster.api.create(.configMap, namespace: cluster.namespace, cluster.configMap("a"))
        }
        #expect(try await proxy.requests().count == 1)
    }

    @Test func creatingIsRepeatedWhereItWasTurnedAway() async throws {
        let proxy = try await Self.proxy()
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init("status:429", method: "POST", times: 2))
        _ = try await cluster.api.create(.configMap, namespace: cluster.namespace, cluster.configMap("a"))
        #expect(try await proxy.requests().map(\.fault) == ["status:429", "status:429", nil])
    }

    @Test func aPageOfAPortalIsNoAnswer() async throws {
        let proxy = try await Self.proxy()
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init("page"))
        let found = await diagnostics { try await cluster.api.document(at: "/version") }
        #expect(found.first?.code == .httpInvalidResponse)
        #expect(try await proxy.requests().allSatisfy { $0.fault == "page" })
    }

    @Test func aSlowBodyIsWaitedFor() async throws {
        let proxy = try await Self.proxy()
        let cluster = try await Self.client(proxy)
        try await proxy.obey(.init("slow", seconds: 0.8))
        let start = ContinuousClock.now
        #expect(try await cluster.api.document(at: "/version")["major"] == "1")
        // Each of about eight pieces is a tenth of a second late.
        #expect(start.duration(to: .now) >= .seconds(0.7))
        #expect(try await proxy.requests().map(\.fault) == ["slow"])
    }

    /// Each run has a namespace of its own.
    @Test func faultsByChanceAreTheSameForTheSameSeed() async throws {
        let proxy = try await Self.proxy()
        var faults: [[String?]] = []
        for seed in [1, 1, 2] {
            let cluster = try await Self.client(proxy)
            try await proxy.forget()
            try await proxy.obey(
                .init(seed: seed, rate: 0.3, kinds: ["reset", "lost", "status:429", "status:503", "cut"]))
            // One may be refused too often to be repeated once more.
            for _ in 0..<20 {
                _ = try? await cluster.api.get(.configMap, namespace: cluster.namespace, name: "a")
            }
            faults.append(try await proxy.requests().map(\.fault))
        }
        #expect(faults[0] == faults[1])
        #expect(faults[0] != faults[2])
        #expect(faults[0].contains { $0 != nil })
    }
}
