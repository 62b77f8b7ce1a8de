/// A whole answer. Redirections are answers like any other: nothing follows them.
package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// An answer whose body arrives piece by piece.
package struct HTTPResponseStream: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: HTTPBody

    package init(status: Int, headers: HTTPHeaders, body: HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
