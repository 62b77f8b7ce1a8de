import ControlPlane
import Documents
import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

/// Watches of a real API server, and of servers that misbehave.
@Suite(.serialized, .enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct WatchTests {
    /// What a watch told, in short: `[a b]` for a list, `+a=1`, `-a`.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock(\.self) }

        func note(_ event: WatchEvent) {
            let line =
                switch event {
                case .listed(let items): "[\(items.map(\.objectName).sorted().joined(separator: " "))]"
                case .changed(let object): "+\(object.objectName)=\(object["data"]?["value"]?.string ?? "")"
                case .deleted(let object): "-\(object.objectName)"
                }
            lines.withLock { $0.append(line) }
        }

        /// Waits until so much was told, ten seconds at most.
        func count(_ number: Int) async throws {
            for _ in 0..<1000 where all.count < number { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    private static let quick = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))

    /// Watches the config maps of `cluster` while `body` runs, then cancels.
    private static func watching(
        _ cluster: Cluster, _ body: (Log) async throws -> Void
    ) async throws {
        let log = Log()
        let task = Task {
            try await cluster.api.watch(cluster.configMaps, backoff: quick) { event in
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
            #expect(log.all == ["[a]", "+a=1", "+a=2", "+a=3", "+b=1", "-a"])
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
        let start = ContinuousClock.now
        try await Self.watching(cluster) { _ in }
        #expect(start.duration(to: .now) < .seconds(5))
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
            for _ in 0..<1000 where !log.all.contains("[a]") { try await Task.sleep(for: .milliseconds(10)) }
            _ = try await direct.apply(.configMap, cluster.configMap("a", "2"))
            for _ in 0..<1000 where log.all.last != "+a=2" { try await Task.sleep(for: .milliseconds(10)) }
            #expect(log.all.contains("[a]"))
            #expect(log.all.last == "+a=2")
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
        try await Self.watching(viewer) { log in
            _ = try await admin.apply(.configMap, cluster.configMap("a", "0"))
            for value in 1...2 {
                try await plane.restart("kube-apiserver")
                _ = try await admin.apply(.configMap, cluster.configMap("a", "\(value)"))
            }
            for _ in 0..<2000 where log.all.last != "+a=2" { try await Task.sleep(for: .milliseconds(10)) }
            // A server that has started anew has forgotten the past: then the list says what was changed meanwhile.
            let changes = log.all.filter { $0.hasPrefix("+") }
            #expect(changes == changes.sorted() && Set(changes).count == changes.count)
            #expect(log.all.first == "[]" && log.all.last == "+a=2")
        }
    }

    // MARK: Servers that are functions

    private static let list: Node = ["metadata": ["resourceVersion": "10"], "items": []]

    private static func lines(_ events: Node...) -> HTTPResponse {
        HTTPResponse(status: 200, body: events.flatMap { JSONEmitter.bytes(of: $0) + [0x0A] })
    }

    private static func event(_ type: String, _ version: String, _ name: String = "a") -> Node {
        ["type": .string(type), "object": ["metadata": ["name": .string(name), "resourceVersion": .string(version)]]]
    }

    /// The answers of a server to one watch after the other, and the place that each of them was asked from.
    private static func places(
        _ answers: [HTTPResponse], until number: Int, backoff: Backoff = quick
    ) async throws -> (log: [String], places: [String]) {
        let left = Mutex(answers)
        let places = Mutex<[String]>([])
        let server = FakeServer { request throws(HTTPError) in
            let query = request.url.query ?? ""
            guard query.contains("watch=true") else { return .json(list) }
            places.withLock { $0.append(query.split(separator: "&").last.map { String($0.dropFirst(16)) } ?? "") }
            return left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
        let log = Log()
        try await server.api.watch(Selection(.pod, namespace: nil), backoff: backoff) { event in
            log.note(event)
            return log.all.count == number ? .enough : .goOn
        }
        return (log.all, places.withLock(\.self))
    }

    @Test func bookmarksAdvanceThePlace() async throws {
        let outcome = try await Self.places(
            [
                Self.lines(Self.event("ADDED", "11")), Self.lines(Self.event("BOOKMARK", "15", "")), Self.lines(),
                .json(["kind": "Status"], status: 503), Self.lines(Self.event("DELETED", "16")),
            ], until: 3)
        #expect(outcome.log == ["[]", "+a=", "-a"])
        #expect(outcome.places == ["10", "11", "15", "15", "15"])
    }

    @Test func anErrorAmidTheStreamListsAnewOrGoesOn() async throws {
        func error(_ code: Int) -> Node {
            ["type": "ERROR", "object": ["kind": "Status", "code": .integer(code), "message": "no"]]
        }
        let outcome = try await Self.places(
            [
                Self.lines(Self.event("ADDED", "11"), error(500)), Self.lines(error(410)),
                Self.lines(Self.event("ADDED", "12")),
            ], until: 4)
        #expect(outcome.log == ["[]", "+a=", "[]", "+a="])
        #expect(outcome.places == ["10", "11", "10"])
    }

    @Test func refusalsOfAServerThatHasJustStartedPassAndOthersDoNot() async throws {
        let refusal = HTTPResponse.json(["kind": "Status", "message": "no"], status: 403)
        let outcome = try await Self.places(
            [refusal, .json(["kind": "Status"], status: 404), refusal, Self.lines(Self.event("ADDED", "11"))], until: 2)
        #expect(outcome.log == ["[]", "+a="])
        let error = await #expect(throws: APIStatus.self) { try await Self.places([refusal], until: 2) }
        #expect(error?.code == 403)

        let closed = FakeServer { _ throws(HTTPError) in refusal }
        await #expect(throws: APIStatus.self) {
            try await closed.api.watch(Selection(.pod, namespace: nil)) { _ in .goOn }
        }
    }

    @Test(.timeLimit(.minutes(5))) func pausesGrowUntilSomethingHappens() async throws {
        let bounds = Mutex(0)
        let backoff = Backoff(initial: .milliseconds(1), maximum: .seconds(1000)) { _ in
            // The 20th pause would be of nine minutes, were it not for the events.
            bounds.withLock { $0 += 1 }
            return 1
        }
        var answers: [HTTPResponse] = []
        for version in 0..<40 {
            answers += [Self.lines(), Self.lines(), Self.lines(Self.event("ADDED", "\(version)"))]
        }
        _ = try await Self.places(answers, until: 41, backoff: backoff)
        #expect(bounds.withLock(\.self) == 119)
    }
}
