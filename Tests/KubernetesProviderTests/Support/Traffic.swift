import HTTPTransport
import Synchronization

/// Counts the requests of one provider, and can cut it off from the server as the end of its process does.
final class Traffic: HTTPClient {
    struct Sent: Sendable, CustomStringConvertible {
        let method: HTTPMethod
        let path: String
        let query: String
        let isDryRun: Bool
        let time: ContinuousClock.Instant

        fileprivate init(_ request: HTTPRequest) {
            method = request.method
            path = request.url.path
            query = request.url.query ?? ""
            isDryRun = query.contains("dryRun=All")
            time = .now
        }

        /// Whether it changes what the server has: a question about rights is asked by a `POST`, too.
        var isWrite: Bool { method != .get && !isDryRun && !path.hasPrefix("/apis/authorization.k8s.io/") }
        /// To renew the lease is a question of time, not a step on the way.
        var isRenewal: Bool { method == .put && path.contains("/leases/") }
        var description: String { "\(method.rawValue) \(path)\(isDryRun ? " (dry run)" : "")" }
    }

    /// At which write the provider is cut off, counted from 1.
    enum Cut: Sendable, Hashable {
        case before(Int)
    }

    private struct State {
        var sent: [Sent] = []
        var writes = 0
        var isCut = false
    }

    private let base: any HTTPClient
    private let cut: Cut?
    /// What somebody else does before a request arrives.
    private let meanwhile: @Sendable (Sent) async -> Void
    private let state = Mutex(State())

    init(_ base: any HTTPClient, cut: Cut? = nil, meanwhile: @escaping @Sendable (Sent) async -> Void = { _ in }) {
        self.base = base
        self.cut = cut
        self.meanwhile = meanwhile
    }

    var sent: [Sent] { state.withLock(\.sent) }
    var writes: [Sent] { sent.filter { $0.isWrite && !$0.isRenewal } }
    var isCut: Bool { state.withLock(\.isCut) }

    func forget() { state.withLock { $0.sent = [] } }

    /// From now on nothing reaches the server, and nothing comes back from it.
    func end() { state.withLock { $0.isCut = true } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try admit(request)
        await meanwhile(Sent(request))
        let response = try await base.send(request)
        if isCut { throw HTTPError(.cancelled, request, mayHaveReachedServer: true) }
        return response
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        try admit(request)
        return try await base.stream(request)
    }

    private func admit(_ request: HTTPRequest) throws(HTTPError) {
        let sent = Sent(request)
        let isAdmitted = state.withLock { state in
            if state.isCut { return false }
            let counts = sent.isWrite && !sent.isRenewal
            if counts { state.writes += 1 }
            if counts, cut == .before(state.writes) {
                state.isCut = true
                return false
            }
            state.sent.append(sent)
            return true
        }
        guard isAdmitted else { throw HTTPError(.cancelled, request, mayHaveReachedServer: false) }
    }
}
