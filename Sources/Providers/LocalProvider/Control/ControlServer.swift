import Diagnostics
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// Listens on the control socket and answers each connection's one request.
struct ControlServer {
    private let channel: NIOAsyncChannel<ControlSocket.Connection, Never>

    /// Binds the socket, mode 0600, in place of one that a dead supervisor left.
    static func bind(_ folder: StateFolder, on loop: any EventLoop) async throws -> ControlServer {
        let channel = try await ControlSocket.withShortPath(folder) { path in
            unlink(path)
            let channel = try await ServerBootstrap(group: loop)
                .bind(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture { try ControlSocket.connection(channel) }
                }
            chmod(path, 0o600)
            return channel
        }
        return ControlServer(channel: channel)
    }

    /// Answers until cancelled.
    func run(_ answer: @escaping @Sendable (ControlMessage.Request) async -> AsyncStream<ControlMessage.Event>) async {
        try? await withThrowingDiscardingTaskGroup { group in
            try await channel.executeThenClose { connections in
                for try await connection in connections {
                    // A client that goes away costs its own connection only.
                    group.addTask { try? await Self.serve(connection, answer) }
                }
            }
        }
    }

    private static func serve(
        _ connection: ControlSocket.Connection,
        _ answer: @Sendable (ControlMessage.Request) async -> AsyncStream<ControlMessage.Event>
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            guard let line = try await inbound.first(where: { _ in true }) else { return }
            do {
                let request = try ControlMessage.Request(document: ControlSocket.parse(line))
                for await event in await answer(request) {
                    try await outbound.write(ControlSocket.line(event.document))
                }
            } catch let problem as Diagnostic {
                try await outbound.write(ControlSocket.line(ControlMessage.Event.failed(problem).document))
            }
        }
    }
}
