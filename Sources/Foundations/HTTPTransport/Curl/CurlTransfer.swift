import CCurl
import Diagnostics

/// One easy handle of libcurl with the request that it carries. Lives on the driver's thread.
final class CurlTransfer {
    let exchange: Exchange
    let easy: UnsafeMutableRawPointer
    private let library: CurlLibrary
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl puts its words about a failure.
    private let complaint = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var head = ResponseHeadReader()
    private var isHeadDelivered = false
    private var isHeld = false
    private var wasHeld = false
    /// How often libcurl was about to send the request.
    private var sendings = 0
    private(set) var lastArrival = ContinuousClock.now
    private let totalDeadline: ContinuousClock.Instant?

    /// Sets the handle up for the exchange's request. Throws when the request or the TLS settings are unusable.
    init(_ exchange: Exchange, library: CurlLibrary, connections: ConnectionSettings) throws(HTTPError) {
        guard let easy = library.functions.pointee.easy_init() else {
            throw HTTPError(.invalidRequest, exchange.request, detail: "out of memory", mayHaveReachedServer: false)
        }
        self.exchange = exchange
        self.easy = easy
        self.library = library
        totalDeadline = exchange.request.timeouts.total.map { ContinuousClock.now + $0 }
        setReceivers()
        try setRequest(connections)
        try setConnections(connections)
    }

    deinit {
        library.functions.pointee.easy_cleanup(easy)
        complaint.deallocate()
        for list in lists { library.functions.pointee.slist_free_all(list) }
    }

    // MARK: Settings

    private func setReceivers() {
        let functions = library.functions
        complaint.initialize(repeating: 0)
        _ = ccurl_set_pointer(functions, easy, CURLOPT_ERRORBUFFER, complaint.baseAddress)
        let context = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            _ = ccurl_set_pointer(functions, easy, option, context)
        }
        _ = ccurl_set_receiver(functions, easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, context in
            CurlTransfer.from(context).receive(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        _ = ccurl_set_receiver(functions, easy, CURLOPT_HEADERFUNCTION) { bytes, _, count, context in
            CurlTransfer.from(context).receiveHeaderLine(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        }
        _ = ccurl_set_prerequest(functions, easy) { context, _, _, _, _ in CurlTransfer.from(context).maySend() }
        _ = ccurl_set_long(functions, easy, CURLOPT_NOSIGNAL, 1)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
        // libcurl gives back what `setReceivers` gave it; the driver holds the transfer until its handle is removed.
        Unmanaged<CurlTransfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    private func setRequest(_ connections: ConnectionSettings) throws(HTTPError) {
        let functions = library.functions
        let request = exchange.request
        let route = connections.route(request.url)
        // A host with an @ or a / in it would become another host.
        let isWhole = HTTPURL(route.url.description)?.host == route.url.host
        try check(isWhole ? CURLE_OK : CURLE_URL_MALFORMAT)
        try setText(CURLOPT_URL, route.url.description)
        // The path is sent as it stands: signatures are made over it.
        _ = ccurl_set_long(functions, easy, CURLOPT_PATH_AS_IS, 1)
        if let connectTo = route.connectTo { try setList(CURLOPT_CONNECT_TO, [connectTo]) }

        switch request.method {
        case .get where request.body.isEmpty: _ = ccurl_set_long(functions, easy, CURLOPT_HTTPGET, 1)
        case .head: _ = ccurl_set_long(functions, easy, CURLOPT_NOBODY, 1)
        case .delete where request.body.isEmpty, .options where request.body.isEmpty:
            try setText(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        default:
            _ = ccurl_set_size(functions, easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            request.body.withUnsafeBytes { bytes in
                // An empty array has no address; NULL would mean a body that is read from standard input.
                withUnsafeBytes(of: UInt8(0)) { none in
                    let start = bytes.baseAddress ?? none.baseAddress
                    _ = ccurl_set_pointer(
                        functions, easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
                }
            }
            try setText(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }

        // Fields that libcurl would add by itself: no waiting for a 100, and no media type that nobody chose.
        var lines = ["Expect:"]
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        if let host = route.host, request.headers["Host"] == nil { lines.append("Host: \(host)") }
        for field in request.headers.fields {
            // For libcurl `Name:` means "leave it out", and `Name;` a field without a value.
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
            guard field.isWellFormed else {
                throw HTTPError(
                    .invalidRequest, request, detail: "a header has a line break or an impossible name",
                    mayHaveReachedServer: false)
            }
        }
        try setList(CURLOPT_HTTPHEADER, lines)
    }

    private func setConnections(_ connections: ConnectionSettings) throws(HTTPError) {
        let functions = library.functions
        for (option, value) in [
            (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS),
            // Wait for a connection that turns out to carry many requests, rather than open more. Only TLS agrees on
            // such; without it one request after another would wait for a server that closes its connections.
            (CURLOPT_PIPEWAIT, exchange.request.url.scheme == .https ? 1 : 0),
            (CURLOPT_TCP_KEEPALIVE, 1), (CURLOPT_TCP_KEEPIDLE, 20), (CURLOPT_TCP_KEEPINTVL, 10),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(exchange.request.timeouts.connect)),
            (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
        ] {
            _ = ccurl_set_long(functions, easy, option, value)
        }
        _ = ccurl_notice_dead_connections(functions, easy)
        // Empty, not unset: unset, libcurl would read the process's environment.
        try setText(CURLOPT_PROXY, connections.proxy.proxy(for: exchange.request.url)?.url ?? "")
        try setText(CURLOPT_NOPROXY, "")

        let tls = connections.tls
        if tls.acceptsAnyCertificate {
            _ = ccurl_set_long(functions, easy, CURLOPT_SSL_VERIFYPEER, 0)
            _ = ccurl_set_long(functions, easy, CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let authorities = tls.authorities {
            try setBytes(CURLOPT_CAINFO_BLOB, authorities)
            // Otherwise the system's authorities stay trusted beside these.
            _ = ccurl_set_string(functions, easy, CURLOPT_CAPATH, nil)
        }
        if let client = tls.clientCertificate {
            try setBytes(CURLOPT_SSLCERT_BLOB, client.certificate)
            try setBytes(CURLOPT_SSLKEY_BLOB, client.key.secret)
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        // 0 would mean libcurl's own 300 seconds.
        Int(max(1, min(duration / .milliseconds(1), Double(Int32.max))))
    }

    private func setText(_ option: CURLoption, _ text: String) throws(HTTPError) {
        try check(text.utf8.contains(0) ? CURLE_URL_MALFORMAT : ccurl_set_string(library.functions, easy, option, text))
    }

    private func setBytes(_ option: CURLoption, _ bytes: [UInt8]) throws(HTTPError) {
        let result = ccurl_set_blob(library.functions, easy, option, bytes, bytes.count)
        guard result == CURLE_OK else {
            throw HTTPError(
                .tls(.unusableConfiguration), exchange.request, detail: words(result), mayHaveReachedServer: false)
        }
    }

    private func setList(_ option: CURLoption, _ lines: [String]) throws(HTTPError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = library.functions.pointee.slist_append(list, line) else {
                if let list { library.functions.pointee.slist_free_all(list) }
                return try check(CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        if let list { lists.append(list) }
        try check(ccurl_set_list(library.functions, easy, option, list))
    }

    private func check(_ result: CURLcode) throws(HTTPError) {
        guard result != CURLE_OK else { return }
        throw HTTPError(.invalidRequest, exchange.request, detail: words(result), mayHaveReachedServer: false)
    }

    // MARK: What libcurl calls

    /// libcurl sends a request again by itself when a kept connection turns out to be closed. The server may have
    /// acted by then, so only what can be repeated is (RFC 9110, section 9.2.2).
    private func maySend() -> Int32 {
        sendings += 1
        return sendings == 1 || exchange.request.isIdempotent ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    private func receiveHeaderLine(_ bytes: UnsafeRawBufferPointer) {
        lastArrival = .now
        guard !isHeadDelivered else { return }
        if let complete = head.read(bytes), complete.status >= 200 {
            isHeadDelivered = true
            exchange.deliver(complete)
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastArrival = .now
        guard exchange.offer(bytes) else {
            isHeld = true
            wasHeld = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        return bytes.count
    }

    // MARK: What the driver calls

    /// Whether bytes are missing that the server does not wait with: more than a watch between two events.
    var isUnderWay: Bool { wasHeld || isHeadDelivered && exchange.reading == .whole }

    func resume() {
        guard isHeld else { return }
        isHeld = false
        lastArrival = .now
        // May call `receive` before it returns.
        _ = library.functions.pointee.easy_pause(easy, CURLPAUSE_CONT)
    }

    /// When there is something to expire next.
    var deadline: ContinuousClock.Instant? {
        let idle = isHeld ? nil : exchange.request.timeouts.idle.map { lastArrival + $0 }
        return [totalDeadline, idle].compactMap(\.self).min()
    }

    /// Ends the exchange when its time is over, and says whether it did.
    func expire(at now: ContinuousClock.Instant) -> Bool {
        guard let deadline, deadline <= now else { return false }
        let kind: HTTPError.Kind = totalDeadline.map { $0 <= now } == true ? .timedOut : .idleTimedOut
        exchange.finish(.failure(HTTPError(kind, exchange.request, mayHaveReachedServer: sendings > 0)))
        return true
    }

    func finish(_ result: CURLcode) {
        exchange.finish(result == CURLE_OK ? .success(()) : .failure(error(result)))
    }

    private func error(_ result: CURLcode) -> HTTPError {
        func info(_ info: CURLINFO) -> Int { ccurl_get_long(library.functions, easy, info) }
        return CurlFailure(
            code: result, systemError: Int32(info(CURLINFO_OS_ERRNO)),
            certificateError: info(CURLINFO_SSL_VERIFYRESULT),
            proxyStatus: info(CURLINFO_HTTP_CONNECTCODE), sendings: sendings, hasResponse: head.hasBegun,
            words: words(result)
        ).error(exchange.request)
    }

    private func words(_ result: CURLcode) -> String {
        let words = complaint.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard words.isEmpty else { return String(decoding: words, as: UTF8.self) }
        return library.functions.pointee.easy_strerror(result).map { String(cString: $0) } ?? "error \(result.rawValue)"
    }
}

extension HTTPHeaders.Field {
    /// A token for a name, and no control characters in the value (RFC 9110, sections 5.1 and 5.5).
    fileprivate var isWellFormed: Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";") }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
