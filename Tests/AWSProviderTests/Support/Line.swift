import HTTPTransport
import Synchronization

/// The way to AWS and to the cluster, which can be cut as the end of a process cuts it.
final class Line: Sendable {
    private struct State {
        var writes = 0
        var isCut = false
        var requestsToAWS: [HTTPRequest] = []
    }

    private let state = Mutex(State())
    /// Before which write it is cut, counted from 1; nil for one that holds.
    private let cut: Int?

    init(cutBefore cut: Int? = nil) {
        self.cut = cut
    }

    var writes: Int { state.withLock { $0.writes } }

    /// Signed ones, all that were sent.
    var requestsToAWS: [HTTPRequest] { state.withLock { $0.requestsToAWS } }

    func end() { state.withLock { $0.isCut = true } }

    /// - Parameter isWrite: whether a request can change anything.
    func client(_ base: any HTTPClient, isWrite: @escaping @Sendable (HTTPRequest) -> Bool) -> any HTTPClient {
        Client(line: self, base: base, isWrite: isWrite)
    }

    private func admits(_ isWrite: Bool) -> Bool {
        state.withLock { state in
            if isWrite, !state.isCut {
                state.writes += 1
                if state.writes == cut { state.isCut = true }
            }
            return !state.isCut
        }
    }

    private struct Client: HTTPClient {
        let line: Line
        let base: any HTTPClient
        let isWrite: @Sendable (HTTPRequest) -> Bool

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            guard line.admits(isWrite(request)) else {
                throw HTTPError(.cancelled, request, mayHaveReachedServer: false)
            }
            if request.headers["X-Amz-Date"] != nil { line.state.withLock { $0.requestsToAWS.append(request) } }
            let response = try await base.send(request)
            guard line.admits(false) else { throw HTTPError(.cancelled, request, mayHaveReachedServer: true) }
            return response
        }

        func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
            guard line.admits(isWrite(request)) else {
                throw HTTPError(.cancelled, request, mayHaveReachedServer: false)
            }
            return try await base.stream(request)
        }
    }
}
