import NIOCore
import NIOHTTP1

/// One connection to a replica: hands response parts to the exchange that uses it, and reads no faster
/// than that exchange's client takes them.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let upstream: Upstream
    private var context: ChannelHandlerContext?
    private var heldRead = false
    private weak var exchange: (any UpstreamExchange)?
    /// Whether it has carried a request before: the replica may be closing it just now.
    private(set) var isReused = false

    init(upstream: Upstream) {
        self.upstream = upstream
    }

    var isUsable: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func attach(_ exchange: any UpstreamExchange) {
        self.exchange = exchange
    }

    /// Gives the connection back for another request.
    func detach() {
        exchange = nil
        isReused = true
        resumeReading()
        upstream.keep(self)
    }

    func send(_ part: HTTPClientRequestPart) {
        guard let context else { return }
        context.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func close() {
        exchange = nil
        context?.close(promise: nil)
    }

    /// The client can take more again.
    func resumeReading() {
        guard heldRead, let context else { return }
        heldRead = false
        context.read()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard let exchange else {
            // A response that nobody asked for: the connection cannot be trusted with the next request.
            close()
            return
        }
        exchange.receive(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.receivedAll()
    }

    func read(context: ChannelHandlerContext) {
        if let exchange, !exchange.isWritable {
            heldRead = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.upstreamIsWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        upstream.forget(self)
        let interrupted = exchange
        exchange = nil
        interrupted?.upstreamClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// What a connection to a replica needs of the exchange that uses it.
protocol UpstreamExchange: AnyObject {
    /// Whether the client takes more at the moment.
    var isWritable: Bool { get }
    func receive(_ part: HTTPClientResponsePart)
    /// Everything that was there has been received.
    func receivedAll()
    func upstreamIsWritable()
    /// The connection ended before the response did.
    func upstreamClosed()
}
