import NIOCore
import NIOHTTP1
import NIOPosix

/// One small GET to a replica, for probes and metrics.
struct LoopbackHTTP: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    enum Failure: Error {
        case closed
        case timedOut
        case tooLarge
    }

    let loop: any EventLoop

    /// Whether the port accepts a connection.
    func connect(port: Int, timeout: Int) async throws {
        let channel = try await ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(timeout))).connect(
                to: SocketAddress(ipAddress: "127.0.0.1", port: port)
            ).get()
        channel.close(promise: nil)
    }

    /// - Throws: ``Failure`` or the system's error; `maximumBody` in bytes bounds what is read.
    func get(port: Int, path: String, timeout: Int, maximumBody: Int) async throws -> Answer {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let promise = loop.makePromise(of: Answer.self)
        let deadline = loop.scheduleTask(in: .milliseconds(Int64(timeout))) { promise.fail(Failure.timedOut) }
        ClientBootstrap(group: loop).connectTimeout(.milliseconds(Int64(timeout)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        Exchange(path: path, maximumBody: maximumBody, promise: promise))
                }
            }
            .connect(to: address)
            .whenComplete { result in
                switch result {
                case .failure(let error): promise.fail(error)
                case .success(let channel):
                    promise.futureResult.whenComplete { _ in
                        deadline.cancel()
                        channel.close(promise: nil)
                    }
                }
            }
        promise.futureResult.whenFailure { _ in deadline.cancel() }
        return try await promise.futureResult.get()
    }

    private final class Exchange: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        private let path: String
        private let maximumBody: Int
        private let promise: EventLoopPromise<Answer>
        private var status = 0
        private var body: [UInt8] = []

        init(path: String, maximumBody: Int, promise: EventLoopPromise<Answer>) {
            self.path = path
            self.maximumBody = maximumBody
            self.promise = promise
        }

        func channelActive(context: ChannelHandlerContext) {
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
            head.headers.add(name: "host", value: "127.0.0.1")
            head.headers.add(name: "connection", value: "close")
            head.headers.add(name: "user-agent", value: "synthdata-infra-probe")
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): status = Int(head.status.code)
            case .body(let buffer):
                body.append(contentsOf: buffer.readableBytesView)
                if body.count > maximumBody { promise.fail(Failure.tooLarge) }
            case .end: promise.succeed(Answer(status: status, body: body))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.fail(Failure.closed)
        }
    }
}
