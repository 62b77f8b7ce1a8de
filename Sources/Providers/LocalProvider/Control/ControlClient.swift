import Diagnostics
import Documents
import NIOCore
import NIOPosix

/// Talks to the supervisor of one service.
struct ControlClient: Sendable {
    let folder: StateFolder

    /// A supervisor that takes longer hangs, however busy the machine is.
    static let patience = Duration.seconds(8)

    /// The supervisor ended, or never was there.
    struct Unreachable: Error {}

    /// Sends a request and hands its events to `each`, the last one included.
    ///
    /// - Throws: ``Unreachable`` when no supervisor answers, or it ends before its last event.
    func send(_ request: ControlMessage.Request, each: (ControlMessage.Event) -> Void) async throws {
        try await send(raw: request.document, each: each)
    }

    /// Sends a request as it stands, of whatever version.
    func send(raw request: Node, each: (ControlMessage.Event) -> Void) async throws {
        let connection: ControlSocket.Connection
        do {
            connection = try await ControlSocket.withShortPath(folder) { path in
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.seconds(2))
                    .connect(unixDomainSocketPath: path) { channel in
                        channel.eventLoop.makeCompletedFuture { try ControlSocket.connection(channel) }
                    }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw Unreachable()
        }
        do {
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ControlSocket.line(request))
                for try await line in inbound {
                    // An event that this version does not know tells nothing that it needs.
                    guard let event = ControlMessage.Event(document: try ControlSocket.parse(line)) else { continue }
                    each(event)
                    if event.isLast { return }
                }
                try Task.checkCancellation()
                throw Unreachable()
            }
        } catch is IOError {
            throw Unreachable()
        } catch is ChannelError {
            throw Unreachable()
        }
    }

    /// - Throws: ``Unreachable``, ``Deadline/Passed`` when a supervisor is there but hangs, or its own
    ///   ``Diagnostic``.
    func status(within patience: Duration = patience) async throws -> ServiceSnapshot {
        try await Deadline.within(patience) {
            var answer: Result<ServiceSnapshot, any Error> = .failure(Unreachable())
            try await send(.status) { event in
                switch event {
                case .status(let snapshot): answer = .success(snapshot)
                case .failed(let problem): answer = .failure(problem)
                default: break
                }
            }
            return try answer.get()
        }
    }
}
