import Glibc
import NIOCore
import NIOHTTP1

/// One connection: collects a request, has it answered, writes the answer, and goes on or closes.
///
/// The pipeline handler before it holds back pipelined requests until the answer is written, so there is one request
/// at a time here. All calls are on the connection's event loop.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case receiving(HTTPRequestHead, ByteBuffer)
        case answering
        /// Answered before the request was complete; the rest is thrown away, then the connection closes.
        case discarding
        /// The last answer is being written; whatever else arrives is ignored.
        case closing
    }

    /// How long a client may go on sending after it was refused; closing at once would reset the connection, and the
    /// client might never read the answer.
    private static let lingerTime: TimeAmount = .seconds(2)

    private let service: WorkloadService
    private let queue: WorkQueue
    private let ledger: ConnectionLedger
    private let bodyLimit: Int
    private var state = State.idle

    init(service: WorkloadService, queue: WorkQueue, ledger: ConnectionLedger, bodyLimit: Int) {
        self.service = service
        self.queue = queue
        self.ledger = ledger
        self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): begin(head, context)
        case (.body(let part), .receiving(let head, var body)):
            body.writeImmutableBuffer(part)
            state = .receiving(head, body)
            if body.readableBytes > bodyLimit { refuse(head, context) }
        case (.end, .receiving(let head, let body)): answer(head, body, context)
        case (.end, .discarding): context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .receiving = state { ledger.requestEnded() }
        state = .closing
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            if case .answering = state { return }
            if case .closing = state { return }
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A broken connection or request: the protocol error handler before this one has answered 400 where it could.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        ledger.requestBegan()
        state = .receiving(head, context.channel.allocator.buffer(capacity: 0))
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bodyLimit {
            return refuse(head, context)
        }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func refuse(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        state = .discarding
        let error = ServiceError(
            .contentTooLarge, code: "body_too_large", message: "the body is larger than \(bodyLimit) bytes",
            hint: "send a smaller sample")
        write(.failure(error), to: head, keepAlive: false, context)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.lingerTime) { context.value.close(promise: nil) }
    }

    private func answer(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        state = .answering
        let request = ServiceRequest(
            method: head.method.rawValue, target: head.uri,
            contentType: head.headers.first(name: "content-type") ?? "", body: Array(body.readableBytesView))
        guard service.isHeavy(request) else { return finish(service.answer(request), to: head, context) }
        queue.answer(request, on: context.eventLoop).assumeIsolated().whenSuccess { response in
            self.finish(response, to: head, context)
        }
    }

    private func finish(_ response: ServiceResponse, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let keepAlive = head.isKeepAlive && service.readiness.state(at: .now) != .stopping
        // Before the write, because the pipeline handler delivers a waiting request during it.
        state = keepAlive ? .idle : .closing
        let written = write(response, to: head, keepAlive: keepAlive, context)
        guard !keepAlive else { return }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in context.value.close(promise: nil) }
    }

    /// Writes and flushes; the request counts as in flight until the last byte is handed to the system.
    @discardableResult
    private func write(
        _ response: ServiceResponse, to head: HTTPRequestHead, keepAlive: Bool, _ context: ChannelHandlerContext
    ) -> EventLoopFuture<Void> {
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(response.body.count))
        headers.add(name: "Date", value: HTTPDate.text(Int64(time(nil))))
        if !keepAlive {
            headers.add(name: "Connection", value: "close")
        } else if head.version.minor == 0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        let status = HTTPResponseStatus(statusCode: response.status)
        let responseHead = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(responseHead)), promise: nil)
        if head.method != .HEAD, !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        written.whenComplete { [ledger] _ in ledger.requestEnded() }
        return written
    }
}
