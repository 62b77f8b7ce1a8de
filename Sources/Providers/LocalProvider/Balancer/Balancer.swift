import NIOCore
import NIOHTTP1
import NIOPosix

/// One stable loopback endpoint in front of the replicas that are ready: an HTTP/1.1 reverse proxy on
/// one event loop.
final class Balancer: Sendable {
    /// How long a request waits for a replica before it is answered 503.
    static let patience = TimeAmount.seconds(2)

    private let loop: any EventLoop
    private let table: NIOLoopBound<UpstreamTable>

    private init(loop: any EventLoop, table: NIOLoopBound<UpstreamTable>) {
        self.loop = loop
        self.table = table
    }

    static func make(on loop: any EventLoop) async throws -> Balancer {
        try await loop.submit {
            Balancer(loop: loop, table: NIOLoopBound(UpstreamTable(loop: loop), eventLoop: loop))
        }.get()
    }

    /// Listens on 127.0.0.1; port 0 lets the system choose.
    ///
    /// - Throws: `IOError`, with EADDRINUSE when another process has the port.
    func listen(port: Int) async throws -> any Channel {
        let table = table
        return try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var encoder = HTTPResponseEncoder.Configuration()
                    encoder.automaticallySetFramingHeaders = false
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: true, withErrorHandling: true, withEncoderConfiguration: encoder)
                    try pipeline.addHandler(ProxyHandler(table: table.value, patience: Self.patience))
                }
            }
            .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: port)).get()
    }

    func admit(name: String, port: Int) {
        loop.execute { [table] in table.value.admit(name: name, port: port) }
    }

    /// Sends the replica no more requests, and calls `drained` when its last one is answered. Calls take
    /// effect in the order in which they are made.
    func withdraw(name: String, drained: @escaping @Sendable () -> Void) {
        loop.execute { [table] in table.value.withdraw(name: name).whenComplete { _ in drained() } }
    }
}
