import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves one client connection: each request goes to a replica of its own choice, so that a client
/// that keeps its connection survives the replicas.
///
/// Nothing is collected: parts pass as they come, and each side is read only as fast as the other
/// takes. A request is sent again only where that cannot do harm (RFC 9110, section 9.2.2): when no
/// connection could be made, or when the connection ended before any answer and the request is
/// idempotent and has no body. A new connection that ends so is a replica that dies: then another
/// replica is asked, once, so that no request can end them all.
final class ProxyHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// One request and its response.
    private struct Exchange {
        let head: HTTPRequestHead
        /// Whether it may be sent a second time.
        let isRepeatable: Bool
        var upstream: Upstream?
        var connection: UpstreamConnection?
        /// Whether it was sent to another replica because one died over it.
        var isSecondTry = false
        /// Replicas that refused a connection.
        var refused: Set<String> = []
        /// Parts that came before there was a connection to send them on.
        var unsent: [HTTPClientRequestPart] = []
        var isRequestComplete = false
        var hasResponseHead = false
        var closesClient: Bool
        var reusesConnection = false
        var waitToken: Int?
        var waitTimeout: Scheduled<Void>?
    }

    private let table: UpstreamTable
    /// How long a request waits for a replica to become ready.
    private let patience: TimeAmount
    private var exchange: Exchange?
    /// Tells a late connection attempt that its exchange is over.
    private var serial = 0
    private var context: ChannelHandlerContext?
    private var heldRead = false

    init(table: UpstreamTable, patience: TimeAmount) {
        self.table = table
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            serial += 1
            let hasBody =
                head.headers.contains(name: "transfer-encoding")
                || head.headers.first(name: "content-length").map { $0 != "0" } ?? false
            exchange = Exchange(
                head: head, isRepeatable: head.method.isIdempotent && !hasBody, closesClient: !head.isKeepAlive)
            guard head.method != .CONNECT else {
                exchange?.closesClient = true
                answer(.notImplemented, "this endpoint is no proxy for other hosts")
                return
            }
            choose()
        case .body(let buffer): forward(.body(.byteBuffer(buffer)))
        case .end(let trailers):
            exchange?.isRequestComplete = true
            forward(.end(trailers))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.connection?.flush()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { heldRead = true }
    }

    /// A body waits in the socket until there is a replica that takes it.
    private var mayRead: Bool {
        guard let exchange, !exchange.isRequestComplete else { return true }
        return exchange.connection?.isWritable ?? false
    }

    private func resumeReading() {
        guard heldRead, mayRead, let context else { return }
        heldRead = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.connection?.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        abandon()
        context.close(promise: nil)
    }

    // MARK: Choosing a replica

    private func choose() {
        guard let exchange, let context else { return }
        cancelWait()
        guard let upstream = table.pick(excluding: exchange.refused) else {
            waitForReplica(context)
            return
        }
        upstream.begin()
        self.exchange?.upstream = upstream
        if exchange.isRepeatable, let connection = upstream.takeIdle() {
            use(connection)
        } else {
            connect(to: upstream, context)
        }
    }

    private func connect(to upstream: Upstream, _ context: ChannelHandlerContext) {
        let current = serial
        let connection = UpstreamConnection(upstream: upstream)
        let bound = NIOLoopBound(connection, eventLoop: context.eventLoop)
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        let attempt: EventLoopFuture<any Channel>
        do {
            attempt = ClientBootstrap(group: context.eventLoop)
                .connectTimeout(.seconds(2))
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(HTTPRequestEncoder())
                        try pipeline.addHandler(
                            ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .forward)))
                        try pipeline.addHandler(bound.value)
                    }
                }
                .connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: upstream.port))
        } catch {
            attempt = context.eventLoop.makeFailedFuture(error)
        }
        attempt.whenComplete { result in
            this.value.connected(bound.value, current, result)
        }
    }

    private func connected(_ connection: UpstreamConnection, _ serial: Int, _ result: Result<any Channel, any Error>) {
        guard serial == self.serial, exchange != nil else {
            connection.close()
            return
        }
        switch result {
        case .success: use(connection)
        case .failure:
            let upstream = exchange?.upstream
            exchange?.upstream = nil
            if let upstream {
                exchange?.refused.insert(upstream.name)
                upstream.end()
            }
            choose()
        }
    }

    private func use(_ connection: UpstreamConnection) {
        guard let exchange, let context else { return }
        connection.attach(self)
        self.exchange?.connection = connection
        self.exchange?.unsent = []
        connection.send(.head(ForwardedHeaders.request(exchange.head, client: context.remoteAddress?.ipAddress)))
        for part in exchange.unsent { connection.send(part) }
        connection.flush()
        // A repeatable request has no body, only its end: kept for a second attempt.
        if exchange.isRepeatable { self.exchange?.unsent = exchange.unsent }
        resumeReading()
    }

    private func forward(_ part: HTTPClientRequestPart) {
        guard let exchange else { return }
        if let connection = exchange.connection { connection.send(part) }
        if exchange.connection == nil || exchange.isRepeatable { self.exchange?.unsent.append(part) }
    }

    private func waitForReplica(_ context: ChannelHandlerContext) {
        exchange?.refused = []
        exchange?.waitToken = table.wait { [weak self] in self?.choose() }
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        exchange?.waitTimeout = context.eventLoop.scheduleTask(in: patience) {
            this.value.cancelWait()
            this.value.answer(.serviceUnavailable, "no replica is ready")
        }
    }

    private func cancelWait() {
        exchange?.waitTimeout?.cancel()
        exchange?.waitTimeout = nil
        if let token = exchange?.waitToken { table.cancelWait(token) }
        exchange?.waitToken = nil
    }

    // MARK: To the client

    /// Answers in the balancer's own name.
    private func answer(_ status: HTTPResponseStatus, _ message: String) {
        guard let context, let exchange else { return }
        // What is left of a body would be taken for the next request.
        let closes = exchange.closesClient || !exchange.isRequestComplete
        var body = context.channel.allocator.buffer(capacity: 128)
        body.writeString("{\"error\":\"\(status.reasonPhrase)\",\"message\":\"\(message)\"}\n")
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers.add(name: "content-type", value: "application/json")
        head.headers.add(name: "content-length", value: String(body.readableBytes))
        if status == .serviceUnavailable { head.headers.add(name: "retry-after", value: "1") }
        if closes { head.headers.add(name: "connection", value: "close") }
        self.exchange = nil
        serial += 1
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if exchange.head.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        finishResponse(context, trailers: nil, closes: closes)
    }

    private func finishResponse(_ context: ChannelHandlerContext, trailers: HTTPHeaders?, closes: Bool) {
        let channel = context.channel
        // Writing the end may deliver the next request of a pipeline at once: nothing is touched after.
        let sent = context.eventLoop.makePromise(of: Void.self)
        if closes { sent.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        let resumes = heldRead && !closes
        if resumes { heldRead = false }
        context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: sent)
        if resumes { context.read() }
    }

    /// Gives up on a request whose client is gone.
    private func abandon() {
        cancelWait()
        let abandoned = exchange
        exchange = nil
        serial += 1
        abandoned?.connection?.close()
        abandoned?.upstream?.end()
    }
}

extension ProxyHandler: UpstreamExchange {
    var isWritable: Bool { context?.channel.isWritable ?? true }

    func receive(_ part: HTTPClientResponsePart) {
        guard let context, let exchange else { return }
        switch part {
        case .head(let head): receive(head, exchange, context)
        case .body(let buffer):
            if exchange.hasResponseHead { context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil) }
        case .end(let trailers):
            // An informational response has no end of its own.
            guard exchange.hasResponseHead else { return }
            self.exchange = nil
            serial += 1
            if exchange.reusesConnection, exchange.isRequestComplete {
                exchange.connection?.detach()
            } else {
                exchange.connection?.close()
            }
            exchange.upstream?.end()
            finishResponse(
                context, trailers: trailers, closes: exchange.closesClient || !exchange.isRequestComplete)
        }
    }

    private func receive(_ head: HTTPResponseHead, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        let (forwarded, endsWithConnection) = ForwardedHeaders.response(
            head, to: exchange.head.method, version: exchange.head.version, closes: exchange.closesClient)
        if head.status.code == 101 {
            // `Upgrade` was not passed on, so a switch of protocols is no answer.
            upstreamClosed()
            return
        }
        if head.status.code < 200 {
            guard exchange.head.version.isPersistent else { return }
            context.writeAndFlush(wrapOutboundOut(.head(forwarded)), promise: nil)
            return
        }
        self.exchange?.hasResponseHead = true
        self.exchange?.reusesConnection = head.isKeepAlive
        if endsWithConnection { self.exchange?.closesClient = true }
        context.write(wrapOutboundOut(.head(forwarded)), promise: nil)
    }

    func receivedAll() {
        context?.flush()
    }

    func upstreamIsWritable() {
        resumeReading()
    }

    func upstreamClosed() {
        guard let context, let exchange else { return }
        let wasReused = exchange.connection?.isReused ?? false
        let dying = Set([exchange.upstream?.name].compactMap(\.self))
        exchange.connection?.close()
        exchange.upstream?.end()
        self.exchange?.connection = nil
        self.exchange?.upstream = nil
        if exchange.hasResponseHead {
            // A body cut short must not look complete.
            self.exchange = nil
            serial += 1
            context.close(promise: nil)
        } else if wasReused, exchange.isRepeatable {
            choose()
        } else if exchange.isRepeatable, !exchange.isSecondTry,
            table.pick(excluding: exchange.refused.union(dying)) != nil
        {
            self.exchange?.refused.formUnion(dying)
            self.exchange?.isSecondTry = true
            choose()
        } else {
            answer(.badGateway, "the replica closed the connection without an answer")
        }
    }
}
