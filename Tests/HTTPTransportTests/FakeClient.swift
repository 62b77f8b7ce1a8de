import HTTPTransport
import Synchronization

/// Gives one prepared outcome after another, and remembers what it was asked.
final class FakeClient: HTTPClient {
    enum Outcome: Sendable {
        case status(Int, HTTPHeaders = [:])
        case error(HTTPError.Kind, mayHaveReachedServer: Bool)
    }

    private let outcomes: Mutex<[Outcome]>
    private let asked = Mutex<[HTTPRequest]>([])

    init(_ outcomes: [Outcome]) {
        self.outcomes = Mutex(outcomes)
    }

    var requests: [HTTPRequest] { asked.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        switch outcomes.withLock({ $0.count > 1 ? $0.removeFirst() : $0[0] }) {
        case .status(let status, let headers): return HTTPResponse(status: status, headers: headers)
        case .error(let kind, let reached): throw HTTPError(kind, request, mayHaveReachedServer: reached)
        }
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let response = try await send(request)
        return HTTPResponseStream(
            status: response.status, headers: response.headers, body: HTTPBody { () throws(HTTPError) in nil })
    }
}

/// A clock on which sleeping takes no time but counts.
final class FakeClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex<(now: Instant, pauses: [Duration])>((Instant(offset: .zero), []))

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Duration { .zero }
    var pauses: [Duration] { state.withLock(\.pauses) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.pauses.append(state.now.duration(to: deadline))
            state.now = deadline
        }
    }
}
