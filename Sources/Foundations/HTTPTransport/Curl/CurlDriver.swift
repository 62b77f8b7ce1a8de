import CCurl
import Glibc
import Synchronization

/// The thread that owns a multi handle of libcurl and all transfers in it. Others send it commands.
///
/// libcurl's handles must not be used by two threads at once; curl_multi_wakeup(3) is the one exception.
final class CurlDriver: Sendable {
    enum Command: Sendable {
        case start(Exchange)
        /// There is room for bytes again.
        case resume(Exchange)
        /// Nobody waits for it any more.
        case abandon(Exchange)
        /// Ends everything, and the thread.
        case stop
    }

    private struct Inbox {
        var commands: [Command] = []
        var isOpen = true
    }

    private let inbox = Mutex(Inbox())
    private let library: CurlLibrary
    private let connections: ConnectionSettings
    /// Used by the thread alone, but for waking it, which happens under the inbox's lock and only while it is open.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    /// So many connections are kept and opened at a time; more requests wait for a free one.
    private static let connectionLimit = 128

    /// Nil when there is no memory or no thread to be had.
    init?(_ library: CurlLibrary, connections: ConnectionSettings) {
        guard let multi = library.functions.pointee.multi_init() else { return nil }
        self.library = library
        self.connections = connections
        self.multi = multi
        for option in [CURLMOPT_MAXCONNECTS, CURLMOPT_MAX_TOTAL_CONNECTIONS] {
            _ = ccurl_multi_set_long(library.functions, multi, option, Self.connectionLimit)
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<CurlDriver>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            _ = library.functions.pointee.multi_cleanup(multi)
            return nil
        }
        pthread_detach(thread)
    }

    /// Begins the request; its response arrives in the exchange.
    func begin(_ request: HTTPRequest, _ reading: Exchange.Reading) -> Exchange {
        let exchange = Exchange(request, reading) { [self] in post($0) }
        post(.start(exchange))
        return exchange
    }

    func post(_ command: Command) {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return }
            inbox.commands.append(command)
            _ = library.functions.pointee.multi_wakeup(multi)
        }
    }

    // MARK: The thread

    private func run() {
        // Writing to a connection that the other side has closed raises SIGPIPE in the thread that writes.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let functions = library.functions.pointee
        var transfers: [ObjectIdentifier: CurlTransfer] = [:]
        var isStopping = false
        while !isStopping {
            for command in takeCommands() {
                switch command {
                case .start(let exchange): transfers[ObjectIdentifier(exchange)] = begin(exchange)
                case .resume(let exchange): transfers[ObjectIdentifier(exchange)]?.resume()
                case .abandon(let exchange): remove(transfers.removeValue(forKey: ObjectIdentifier(exchange)))
                case .stop: isStopping = true
                }
            }
            var running: Int32 = 0
            let start = ContinuousClock.now
            _ = functions.multi_perform(multi, &running)
            let finished = finishedTransfers()
            for (easy, result) in finished {
                guard let transfer = transfers.values.first(where: { $0.easy == easy }) else { continue }
                transfers[ObjectIdentifier(transfer.exchange)] = nil
                transfer.finish(result)
                remove(transfer)
            }
            let now = ContinuousClock.now
            for transfer in transfers.values where transfer.expire(at: now) {
                transfers[ObjectIdentifier(transfer.exchange)] = nil
                remove(transfer)
            }
            guard !isStopping else { break }
            let deadline = transfers.values.compactMap(\.deadline).min()
            let hasProgressed = !finished.isEmpty || transfers.values.contains { $0.lastArrival >= start }
            let longestWait =
                if hasProgressed {
                    Self.briefWait
                } else {
                    transfers.values.contains(where: \.isUnderWay) ? Self.watchfulWait : Self.longestWait
                }
            let wait = deadline.map { min(Self.milliseconds(now.duration(to: $0)), longestWait) }
            _ = functions.multi_poll(multi, nil, 0, wait ?? longestWait, nil)
        }
        for transfer in transfers.values {
            transfer.finish(CURLE_ABORTED_BY_CALLBACK)
            remove(transfer)
        }
        _ = functions.multi_cleanup(multi)
    }

    /// curl_multi_poll(3) itself returns earlier when a timer of libcurl's runs out.
    private static let longestWait: Int32 = 60_000

    /// Bytes that libcurl 7.88 has read with those of another stream of the connection may wait without anything that
    /// ends the poll: it looks again at once when something came, and now and then while a body is incomplete
    /// (compare https://github.com/curl/curl/issues/10988).
    private static let briefWait: Int32 = 1
    private static let watchfulWait: Int32 = 100

    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        // Rounded up, or the loop would spin through the last millisecond.
        return Int32(
            clamping: max(
                0, seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000 + 1)
        )
    }

    /// All that came; a `stop` closes the inbox.
    private func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            defer { inbox.commands = [] }
            for case .stop in inbox.commands { inbox.isOpen = false }
            return inbox.commands
        }
    }

    private func begin(_ exchange: Exchange) -> CurlTransfer? {
        do throws(HTTPError) {
            let transfer = try CurlTransfer(exchange, library: library, connections: connections)
            _ = library.functions.pointee.multi_add_handle(multi, transfer.easy)
            return transfer
        } catch {
            exchange.finish(.failure(error))
            return nil
        }
    }

    private func remove(_ transfer: CurlTransfer?) {
        guard let transfer else { return }
        _ = library.functions.pointee.multi_remove_handle(multi, transfer.easy)
    }

    /// The messages are copied: libcurl reuses their memory when a handle is removed.
    private func finishedTransfers() -> [(easy: UnsafeMutableRawPointer, result: CURLcode)] {
        var finished: [(UnsafeMutableRawPointer, CURLcode)] = []
        var left: Int32 = 0
        while let message = library.functions.pointee.multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            finished.append((easy, ccurl_result(message)))
        }
        return finished
    }
}
