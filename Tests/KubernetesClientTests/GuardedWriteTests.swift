import Documents
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

/// Whoever writes under a lock asks before each request whether it still holds.
struct GuardedWriteTests {
    private struct Gone: Error {}

    private static let object: Node = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "n", "resourceVersion": "1"],
        "data": ["x": "y"],
    ]
    private static let path = NodePath(keys: ["data", "x"])

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let work: @Sendable (KubernetesAPI) async throws -> Void

        var testDescription: String { name }
    }

    static let writes = [
        Case(name: "apply") { _ = try await $0.apply(.configMap, object) },
        Case(name: "create") { _ = try await $0.create(.configMap, namespace: "n", object) },
        Case(name: "replace") { _ = try await $0.replace(.configMap, object) },
        Case(name: "merge") { try await $0.merge(.configMap, namespace: "n", name: "a", [:]) },
        Case(name: "set") { _ = try await $0.set(path, of: object, to: "z", .configMap) },
        Case(name: "remove") { _ = try await $0.remove([path], of: object, .configMap) },
        Case(name: "delete") { _ = try await $0.delete(.configMap, namespace: "n", name: "a", uid: "1") },
    ]

    /// How often `work` asked, and what reached the server, which answers with these statuses, the last one for ever.
    private static func outcome(
        _ work: (KubernetesAPI) async throws -> Void, statuses: [Int] = [200],
        mayWrite: @escaping @Sendable () throws -> Void = {}
    ) async throws -> (asked: Int, requests: Int, error: (any Error)?) {
        let asked = Mutex(0)
        let requests = Mutex(0)
        let server = FakeServer { _ throws(HTTPError) in
            let number = requests.withLock { count in
                defer { count += 1 }
                return count
            }
            let body: Node = [
                "kind": "Status", "reason": "Conflict", "metadata": ["name": "a", "uid": "1", "resourceVersion": "1"],
            ]
            return HTTPResponse(status: statuses[min(number, statuses.count - 1)], body: JSONEmitter.bytes(of: body))
        }
        let api = server.api.writing {
            asked.withLock { $0 += 1 }
            try mayWrite()
        }
        var caught: (any Error)?
        do {
            try await work(api)
        } catch {
            caught = error
        }
        return (asked.withLock(\.self), requests.withLock(\.self), caught)
    }

    @Test(arguments: writes) func eachWriteAsks(given: Case) async throws {
        let outcome = try await Self.outcome(given.work)
        #expect(outcome.asked == 1 && outcome.requests == 1 && outcome.error == nil)
    }

    @Test(arguments: writes) func nothingIsSentWhereItMayNot(given: Case) async throws {
        let outcome = try await Self.outcome(given.work) { throw Gone() }
        #expect(outcome.requests == 0 && outcome.error is Gone)
    }

    /// Between two attempts the lock may go.
    @Test func whatIsRepeatedAsksAgain() async throws {
        let outcome = try await Self.outcome(Self.writes[0].work, statuses: [409, 409, 200])
        #expect(outcome.asked >= 3 && outcome.requests == 3 && outcome.error == nil)
    }

    /// A server that could not answer is asked again only while the lock holds.
    @Test(arguments: [true, false]) func theTransportAsksToo(staysOurs: Bool) async throws {
        let requests = Mutex(0)
        let server = FakeServer { _ throws(HTTPError) in
            requests.withLock { $0 += 1 }
            return HTTPResponse(status: 503, body: Array(#"{"kind": "Status", "message": "not now"}"#.utf8))
        }
        let client = RetryingTransport(server, policy: RetryPolicy(attempts: 3), random: { 0 })
        let asked = Mutex(0)
        let api = KubernetesAPI(client, server: HTTPURL(host: "fake")).writing {
            let count = asked.withLock { count in
                count += 1
                return count
            }
            if count > 1, !staysOurs { throw Gone() }
        }
        let error = await #expect(throws: (any Error).self) { try await Self.writes[0].work(api) }
        #expect(requests.withLock(\.self) == (staysOurs ? 3 : 1))
        #expect(error is Gone == !staysOurs)
    }

    @Test(arguments: [
        Case(name: "get") { _ = try await $0.get(.configMap, namespace: "n", name: "a") },
        Case(name: "tried apply") { _ = try await $0.apply(.configMap, object, .init(isDryRun: true)) },
        Case(name: "tried set") { _ = try await $0.set(path, of: object, to: "z", .configMap, isDryRun: true) },
        Case(name: "review") { _ = try await $0.review("/apis/authorization.k8s.io/v1/x", [:]) },
    ])
    func whatChangesNothingNeedsNoLock(given: Case) async throws {
        let outcome = try await Self.outcome(given.work) { throw Gone() }
        #expect(outcome.asked == 0 && outcome.requests == 1 && outcome.error == nil)
    }
}
