/// What is asked of a server, and how long and how much of an answer is waited for.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    package var url: HTTPURL
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var timeouts: HTTPTimeouts
    /// The most bytes of a body that ``HTTPClient/send(_:)`` gathers. A stream has no such bound.
    package var responseLimit: Int
    /// Whether doing it twice is the same as doing it once. From the method, unless told otherwise: a server-side
    /// apply is a `PATCH` that can be repeated.
    package var isIdempotent: Bool
    /// Asked before it is sent once more: what allowed the first time may be over.
    package var mayRepeat: @Sendable () async -> Bool = { true }
    /// 1 for the first time. A client that repeats requests counts here, for those that it wraps.
    package var attempt = 1
    /// What the service's reference calls it, where address and method do not tell: `iam:GetRole`.
    package var operation: String?

    package init(
        _ method: HTTPMethod, _ url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8] = [],
        timeouts: HTTPTimeouts = HTTPTimeouts(), responseLimit: Int = 64 << 20, isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.responseLimit = responseLimit
        self.isIdempotent = isIdempotent ?? method.isIdempotent
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// For messages: `GET https://host/path`, with the operation where it has a name, without query, headers and body.
    package var description: String {
        "\(method.rawValue) \(url.withoutQuery)\(operation.map { " (\($0))" } ?? "")"
    }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// RFC 9110, section 9.2.2.
    package var isIdempotent: Bool { self != .post && self != .patch }
}

/// How long each part of an exchange may take; nil for as long as it likes.
package struct HTTPTimeouts: Sendable, Hashable {
    /// Name resolution, TCP, proxy and TLS.
    package var connect: Duration
    /// From the call to the last byte of the body.
    package var total: Duration?
    /// Between two arrivals of bytes. Counts from the start, and stands still while a reader holds the stream up.
    package var idle: Duration?

    package init(connect: Duration = .seconds(10), total: Duration? = .seconds(60), idle: Duration? = nil) {
        self.connect = connect
        self.total = total
        self.idle = idle
    }

    /// For a stream that goes on for as long as something comes at least every `idle`.
    package static func streaming(idle: Duration) -> HTTPTimeouts {
        HTTPTimeouts(total: nil, idle: idle)
    }
}
