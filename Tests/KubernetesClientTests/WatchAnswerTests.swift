import Documents
import HTTPTransport
import Synchronization
import Testing

@testable import KubernetesClient

/// Watches of servers that are functions.
@Suite(.timeLimit(.minutes(5))) struct WatchAnswerTests {
    private static let list: Node = ["metadata": ["resourceVersion": "10"], "items": []]

    private static func lines(_ events: Node...) -> HTTPResponse {
        HTTPResponse(status: 200, body: events.flatMap { JSONEmitter.bytes(of: $0) + [0x0A] })
    }

    private static func event(_ type: String, _ version: String, _ name: String = "a") -> Node {
        ["type": .string(type), "object": ["metadata": ["name": .string(name), "resourceVersion": .string(version)]]]
    }

    /// The answers of a server to one watch after the other, and the place that each of them was asked from.
    private static func places(
        _ answers: [HTTPResponse], until number: Int,
        backoff: Backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))
    ) async throws -> (log: [String], places: [String]) {
        let left = Mutex(answers)
        let places = Mutex<[String]>([])
        let server = FakeServer { request throws(HTTPError) in
            let query = request.url.query ?? ""
            guard query.contains("watch=true") else { return .json(list) }
            places.withLock { $0.append(query.split(separator: "&").last.map { String($0.dropFirst(16)) } ?? "") }
            return left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
        let log = WatchLog()
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

    @Test func pausesGrowUntilSomethingHappens() async throws {
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
