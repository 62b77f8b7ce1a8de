import ControlPlane
import Documents
import Foundation
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// Watches of a real API server.
@Suite(.serialized, .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct WatchTests {
    private static let quick = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))

    /// Watches the config maps of `cluster` while `body` runs, then cancels.
    private static func watching(
        _ cluster: Cluster, backoff: Backoff = quick, _ body: (WatchLog) async throws -> Void
    ) async throws {
        let log = WatchLog()
        let task = Task {
            try await cluster.api.watch(cluster.configMaps, backoff: backoff) { event in
                log.note(event)
                return .goOn
            }
        }
        try await log.count(1)
        try await body(log)
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }

    @Test func tellsTheListAndThenEachChangeInOrder() async throws {
        let cluster = try await Cluster.make("watch")
        _ = try await cluster.api.apply(.configMap, cluster.configMap("a", "0"))
        try await Self.watching(cluster) { log in
            for value in 1...3 { _ = try await cluster.api.apply(.configMap, cluster.configMap("a", "\(value)")) }
            _ = try await cluster.api.apply(.configMap, cluster.configMap("b", "1"))
            _ = try await cluster.api.delete(.configMap, namespace: cluster.namespace, name: "a", uid: nil)
            try await log.count(6)
            #expect(log.all == ["[a=0]", "+a=1", "+a=2", "+a=3", "+b=1", "-a"])
        }
    }

    @Test func endsWhenItIsEnoughAndWithWhatTheTellerThrows() async throws {
        let cluster = try await Cluster.make("watch")
        try await cluster.api.watch(cluster.configMaps) { _ in .enough }
        // An error that the watch itself would get over is the teller's own here, and ends it.
        let error = await #expect(throws: APIStatus.self) {
            try await cluster.api.watch(cluster.configMaps) { _ in
                throw APIStatus(code: 503, reason: "", message: "mine", request: "")
            }
        }
        #expect(error?.message == "mine")
    }

    @Test func cancellationEndsItAtOnce() async throws {
        let cluster = try await Cluster.make("watch")
        let log = WatchLog()
        let task = Task {
            try await cluster.api.watch(cluster.configMaps) { event in
                log.note(event)
                return .goOn
            }
        }
        try await log.count(1)
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(start.duration(to: .now) < .seconds(30))
    }

    /// Each cut falls into another place of the stream: between events, into the middle of one.
    @Test(arguments: ["cut", "cut-clean"], [0, 700, 1500, 2221])
    func aCutConnectionLosesAndRepeatsNothing(fault: String, bytes: Int) async throws {
        let proxy = try await FaultProxy.start(before: ControlPlane.shared(), isSecure: bytes == 700)
        let cluster = try await Cluster.make("watch", proxy.kubeconfig)
        try await proxy.obey(.init(fault, path: "watch=true", bytes: bytes))
        try await Self.watching(cluster) { log in
            let direct = try await Cluster.api()
            for value in 0..<30 {
                _ = try await direct.apply(.configMap, cluster.configMap("a", "\(value)"))
                // With nothing let through for good, the last cut is ended.
                if value == 20 { try await proxy.obey() }
            }
            try await log.count(31)
            #expect(log.all == ["[]"] + (0..<30).map { "+a=\($0)" })
        }
        #expect(try await proxy.requests().contains { $0.fault == fault })
    }

    @Test func aServerThatForgotThePlaceIsListedAnew() async throws {
        let proxy = try await FaultProxy.start(before: ControlPlane.shared())
        let cluster = try await Cluster.make("watch", proxy.kubeconfig)
        try await proxy.obey(
            .init("cut", path: "watch=true", times: 1, bytes: 0), .init("status:410", path: "watch=true", times: 1))
        try await Self.watching(cluster) { log in
            let direct = try await Cluster.api()
            _ = try await direct.apply(.configMap, cluster.configMap("a", "1"))
            try await eventually { log.all.contains("[a=1]") }
            _ = try await direct.apply(.configMap, cluster.configMap("a", "2"))
            try await eventually { log.all.last == "+a=2" }
        }
    }

    @Test func aRestartOfTheServerIsSurvived() async throws {
        let plane = try await ControlPlane.start()
        let cluster = try await Cluster.make("watch", plane: plane)
        // A user whose rights come from a role: a server that has just started does not know of it.
        let admin = cluster.api
        _ = try await admin.create(
            try #require(
                try await Discovery(admin, server: "", cacheFolder: nil).type(
                    apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding")), namespace: cluster.namespace,
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "view"],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"],
                "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "restricted"]],
            ])
        let viewer = Cluster(api: try await Cluster.api(plane.kubeconfigs.restricted), namespace: cluster.namespace)
        // The server's authorizer gets to know of them a moment later.
        try await eventually { (try? await viewer.api.list(viewer.configMaps)) != nil }
        // After a restart it needs longer for that than a quick watch believes in its refusals.
        let backoff = Backoff(initial: .seconds(1), maximum: .seconds(10)) { $0.upperBound }
        try await Self.watching(viewer, backoff: backoff) { log in
            _ = try await admin.apply(.configMap, cluster.configMap("a", "0"))
            for value in 1...2 {
                try await plane.restart("kube-apiserver")
                _ = try await admin.apply(.configMap, cluster.configMap("a", "\(value)"))
            }
            // A server that has started anew has forgotten the past: then the list says what was changed meanwhile.
            try await eventually(within: .seconds(180)) { ["+a=2", "[a=2]"].contains(log.all.last) }
            let changes = log.all.filter { $0.hasPrefix("+") }
            #expect(changes == changes.sorted() && Set(changes).count == changes.count)
            #expect(log.all.first == "[]")
        }
    }
}

/// What a watch told, in short: `[a=1 b=]` for a list, `+a=1`, `-a`.
final class WatchLog: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock(\.self) }

    func note(_ event: WatchEvent) {
        let value = { (object: Node) in "\(object.objectName)=\(object["data"]?["value"]?.string ?? "")" }
        let line =
            switch event {
            case .listed(let items): "[\(items.map(value).sorted().joined(separator: " "))]"
            case .changed(let object): "+\(value(object))"
            case .deleted(let object): "-\(object.objectName)"
            }
        lines.withLock { $0.append(line) }
    }

    /// Waits until so much was told.
    func count(_ number: Int) async throws { try await eventually { all.count >= number } }
}
