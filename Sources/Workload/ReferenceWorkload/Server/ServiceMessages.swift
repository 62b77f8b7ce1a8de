package import Documents

/// A request as the service sees it: HTTP without its connection.
package struct ServiceRequest: Sendable {
    /// The method in capitals.
    package var method: String
    /// The request target, its query included.
    package var target: String
    package var contentType: String
    package var body: [UInt8]

    package init(method: String, target: String, contentType: String = "", body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.contentType = contentType
        self.body = body
    }

    /// The target without its query.
    package var path: String { String(target.prefix { $0 != "?" }) }
}

/// The answer of the service. `Content-Length`, `Connection` and `Date` are the connection's business.
package struct ServiceResponse: Equatable, Sendable {
    package var status: Int
    /// Header fields in the order in which they are sent.
    package var headers: [Header]
    package var body: [UInt8]

    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    package init(status: Int, contentType: String, headers: [Header] = [], body: [UInt8]) {
        self.status = status
        self.headers = [Header(name: "Content-Type", value: contentType)] + headers
        self.body = body
    }

    package static func json(_ value: Node, status: Int = 200, headers: [Header] = []) -> ServiceResponse {
        ServiceResponse(
            status: status, contentType: "application/json", headers: headers,
            body: JSONEmitter.bytes(of: value) + "\n".utf8)
    }

    package static func failure(_ error: ServiceError, headers: [Header] = []) -> ServiceResponse {
        json(error.json, status: error.status.rawValue, headers: headers)
    }
}
