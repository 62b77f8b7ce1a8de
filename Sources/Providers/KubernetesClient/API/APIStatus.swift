import Documents
import HTTPTransport

/// The server's answer to a request that it did not carry out: a `Status` object, or what there was instead.
///
/// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#response-status-kind
package struct APIStatus: Error, Sendable {
    /// What is wrong with one field, or who else owns it.
    package struct Cause: Sendable, Hashable {
        package let reason: String
        package let field: String
        package let message: String

        package init(reason: String, field: String, message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// The HTTP status.
    package let code: Int
    /// `NotFound`, `Conflict`, `Forbidden` …; empty where the answer is no `Status`.
    package let reason: String
    package let message: String
    package let causes: [Cause]
    /// What was asked: `PATCH https://host/path`.
    package let request: String

    package init(code: Int, reason: String, message: String, causes: [Cause] = [], request: String) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
        self.request = request
    }

    /// Reads a body: a `Status`, or text of a proxy in between, of which the beginning is kept.
    init(code: Int, body: [UInt8], request: String) {
        if let status = try? JSONParser.parse(body, file: APIDocument.source), status["kind"]?.string == "Status" {
            self.init(code: code, document: status, request: request)
        } else {
            let text = String(decoding: body.prefix(200), as: UTF8.self)
            self.init(code: code, reason: "", message: text.isEmpty ? "the answer is empty" : text, request: request)
        }
    }

    /// Reads the beginning of a stream that is none.
    init(_ response: HTTPResponseStream, _ request: HTTPRequest) async throws(HTTPError) {
        var body: [UInt8] = []
        for try await bytes in response.body {
            body += bytes
            if body.count > 1 << 16 { break }
        }
        self.init(code: response.status, body: body, request: request.description)
    }

    /// Reads a `Status` object, as a watch sends it in the middle of a stream.
    init(code: Int? = nil, document: Node, request: String) {
        self.init(
            code: code ?? document["code"]?.integer ?? 0, reason: document["reason"]?.string ?? "",
            message: document["message"]?.string ?? "",
            causes: (document.value("details", "causes")?.sequence ?? []).map { cause in
                Cause(
                    reason: cause["reason"]?.string ?? "", field: cause["field"]?.string ?? "",
                    message: cause["message"]?.string ?? "")
            }, request: request)
    }

    package var isNotFound: Bool { code == 404 }
    /// The object exists already.
    package var isAlreadyThere: Bool { code == 409 && reason == "AlreadyExists" }
    /// The object changed since it was read, or another manager owns a field.
    package var isConflict: Bool { code == 409 && !isAlreadyThere }
    /// What a change was made for is not there any more: somebody has written it meanwhile. The server says so without
    /// naming a cause where a test of a JSON patch does not hold.
    package var isOutdated: Bool { isConflict && !isOverFields || code == 422 && causes.isEmpty }
    /// Another manager owns fields that were to be set.
    package var isOverFields: Bool { causes.contains { $0.reason == "FieldManagerConflict" } }
    /// A list's continuation or a watch's resource version is too old: start over.
    package var isExpired: Bool { code == 410 }
    package var isDenied: Bool { code == 401 || code == 403 }
}
