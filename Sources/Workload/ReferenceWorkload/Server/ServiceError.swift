package import Documents

/// A request that can't be answered as asked: what went wrong, and what to do about it.
///
/// Answered as `{"error": {"code", "message", "hint"}}` with the status.
package struct ServiceError: Error, Equatable, Sendable {
    /// The HTTP status (RFC 9110, section 15) of the answer.
    package enum Status: Int, Sendable {
        case badRequest = 400
        case notFound = 404
        case methodNotAllowed = 405
        case contentTooLarge = 413
        case unprocessableContent = 422
        case internalServerError = 500
        case serviceUnavailable = 503
    }

    package var status: Status
    /// Stable and machine-readable, in snake case.
    package var code: String
    package var message: String
    package var hint: String

    package init(_ status: Status, code: String, message: String, hint: String) {
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// A well-formed request that asks for something impossible (422).
    package static func unprocessable(_ code: String, _ message: String, hint: String) -> ServiceError {
        ServiceError(.unprocessableContent, code: code, message: message, hint: hint)
    }

    /// The body of the answer.
    package var json: Node {
        ["error": ["code": .string(code), "message": .string(message), "hint": .string(hint)]]
    }
}
