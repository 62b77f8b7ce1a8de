import Synchronization

/// One request under way: what the driver has delivered of its response and nobody has read yet.
///
/// The driver's thread delivers; one task reads. Neither waits for the other while holding the lock.
final class Exchange: Sendable {
    struct Head: Sendable {
        var status: Int
        var headers: HTTPHeaders
    }

    private struct State {
        var head: Head?
        var buffer: [UInt8] = []
        /// The driver was told to hold the transfer, and wants to hear when there is room again.
        var isHeld = false
        var end: Result<Void, HTTPError>?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// How the body is read.
    enum Reading: Sendable {
        /// All at once, when the last byte is there.
        case whole
        /// In pieces, as they come.
        case pieces
    }

    /// So much of what is read in pieces waits before a transfer is held.
    static let bufferLimit = 256 << 10

    let request: HTTPRequest
    let reading: Reading
    private let state = Mutex(State())
    private let post: @Sendable (CurlDriver.Command) -> Void

    init(_ request: HTTPRequest, _ reading: Reading, post: @escaping @Sendable (CurlDriver.Command) -> Void) {
        self.request = request
        self.reading = reading
        self.post = post
    }

    // MARK: The driver's side

    func deliver(_ head: Head) { change { $0.head = head } }

    /// Takes the bytes, or refuses them all while too many wait to be read.
    ///
    /// What is wanted as a whole is never held: who waits for its end cannot make room, and streams that share a
    /// connection stand still when one of them is held (https://github.com/curl/curl/issues/10988).
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch reading {
        case .whole:
            let isTooMuch = state.withLock { state in
                state.buffer.append(contentsOf: bytes)
                return state.buffer.count > request.responseLimit
            }
            if isTooMuch {
                cancel(
                    HTTPError(.responseTooLarge(limit: request.responseLimit), request, mayHaveReachedServer: true))
            }
            return true
        case .pieces:
            return change { state in
                guard state.buffer.count < Self.bufferLimit else {
                    state.isHeld = true
                    return false
                }
                state.buffer.append(contentsOf: bytes)
                return true
            }
        }
    }

    /// The first end counts: a cancelled exchange stays cancelled.
    func finish(_ end: Result<Void, HTTPError>) { change { $0.end = $0.end ?? end } }

    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, waiting) = state.withLock { state in
            let value = body(&state)
            defer { state.waiting = [] }
            return (value, state.waiting)
        }
        for reader in waiting { reader.resume() }
        return value
    }

    // MARK: The reader's side

    /// The head of the response, as soon as it is there.
    func head() async throws(HTTPError) -> Head {
        try await read { state in
            if case .failure(let error) = state.end { return .failure(error) }
            return state.head.map { .success($0) }
        }
    }

    /// The whole response, when all of it is there.
    func response() async throws(HTTPError) -> HTTPResponse {
        try await read { state in
            state.end.map { end in
                end.map {
                    defer { state.buffer = [] }
                    return HTTPResponse(
                        status: state.head?.status ?? 0, headers: state.head?.headers ?? [:], body: state.buffer)
                }
            }
        }
    }

    /// All bytes of the body that are there, nil after the last. An error comes after the bytes that came before it.
    func next() async throws(HTTPError) -> [UInt8]? {
        let bytes: [UInt8]? = try await read { state in
            guard !state.buffer.isEmpty else { return state.end.map { $0.map { nil } } }
            defer { state.buffer = [] }
            return .success(state.buffer)
        }
        if releaseHold() { post(.resume(self)) }
        return bytes
    }

    /// Ends the exchange and its transfer, unless it has ended already.
    func cancel(_ error: HTTPError? = nil) {
        let isNew = change { state in
            guard state.end == nil else { return false }
            state.buffer = []
            state.end = .failure(error ?? HTTPError(.cancelled, request, mayHaveReachedServer: true))
            return true
        }
        if isNew { post(.abandon(self)) }
    }

    private func releaseHold() -> Bool {
        state.withLock { state in
            guard state.isHeld, state.buffer.count < Self.bufferLimit / 2 else { return false }
            state.isHeld = false
            return true
        }
    }

    /// Waits until `body` gives something. Cancelling the task cancels the exchange.
    private func read<Value: Sendable>(
        _ body: @Sendable (inout State) -> Result<Value, HTTPError>?
    ) async throws(HTTPError) -> Value {
        let result: Result<Value, HTTPError> = await withTaskCancellationHandler {
            while true {
                if let result = state.withLock({ body(&$0) }) { return result }
                await withCheckedContinuation { reader in
                    // Something may have come since the look: then look again instead of waiting.
                    let waits = state.withLock { state in
                        var copy = state
                        guard body(&copy) == nil else { return false }
                        state.waiting.append(reader)
                        return true
                    }
                    if !waits { reader.resume() }
                }
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }
}
