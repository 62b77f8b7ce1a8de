import Diagnostics
import Synchronization

/// Sends requests with libcurl: HTTP/1.1, and HTTP/2 over TLS where the server offers it, over connections that are
/// kept for the next request.
///
/// The thread that drives libcurl is started with the first request. When the transport and the bodies
/// that it gave out are let go, the connections are closed and the thread ends.
package final class CurlTransport: HTTPClient {
    private let connections: ConnectionSettings
    private let driver = Mutex<CurlDriver?>(nil)

    package init(tls: TLSConfiguration = TLSConfiguration(), proxy: ProxyRule) {
        connections = ConnectionSettings(tls: tls, proxy: proxy)
    }

    deinit {
        driver.withLock { $0?.post(.stop) }
    }

    /// Begins to load libcurl, which the first request would else wait for.
    package static func load() {
        Task.detached { _ = CurlLibrary.shared }
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let reading = try begin(request, .whole)
        // Whoever lets it go ends the transfer.
        defer { withExtendedLifetime(reading) {} }
        return try await reading.exchange.response()
    }

    package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let reading = try begin(request, .pieces)
        let head = try await reading.exchange.head()
        return HTTPResponseStream(
            status: head.status, headers: head.headers,
            body: HTTPBody { () async throws(HTTPError) in try await reading.exchange.next() })
    }

    private func begin(_ request: HTTPRequest, _ way: Exchange.Reading) throws(HTTPError) -> Reading {
        guard !Task.isCancelled else { throw HTTPError(.cancelled, request, mayHaveReachedServer: false) }
        return Reading(of: try open(request).begin(request, way), by: self)
    }

    private func open(_ request: HTTPRequest) throws(HTTPError) -> CurlDriver {
        do throws(Diagnostic) {
            let library = try CurlLibrary.shared.get()
            return try driver.withLock { driver throws(Diagnostic) in
                if let driver { return driver }
                guard let started = CurlDriver(library, connections: connections) else {
                    throw Diagnostic(
                        .error, .httpLibrary, "libcurl's thread cannot be started",
                        fix: "Free memory or processes, and try again")
                }
                driver = started
                return started
            }
        } catch {
            throw HTTPError(.libraryUnavailable(error), request, mayHaveReachedServer: false)
        }
    }
}

/// Keeps a transport for as long as somebody can read, and ends the transfer when nobody can any more.
private final class Reading: Sendable {
    let exchange: Exchange
    private let transport: CurlTransport

    init(of exchange: Exchange, by transport: CurlTransport) {
        self.exchange = exchange
        self.transport = transport
    }

    deinit { exchange.cancel() }
}
