package import Diagnostics
package import Documents
package import HTTPTransport

/// What a service answered, with a status below 300.
package struct AWSResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// `eks:DescribeCluster`.
    private let operation: String
    private let address: HTTPURL

    /// How much of an answer is shown that is not the service's: enough to know a page by.
    private static let shownCharacters = 40

    init(_ response: HTTPResponse, to call: AWSCall, at address: HTTPURL) {
        status = response.status
        headers = response.headers
        body = response.body
        operation = call.name
        self.address = address
    }

    /// The body as JSON; an empty one is an empty mapping.
    ///
    /// - Throws: ``Diagnostic`` with the operation and the address, where the answer is something else.
    package func json() throws(Diagnostic) -> Node {
        if body.isEmpty { return [:] }
        do {
            return try JSONParser.parse(body, file: AWSErrorReader.answer)
        } catch {
            throw unreadable("JSON", error)
        }
    }

    /// The content of the body's root element; an empty body is an empty mapping.
    ///
    /// - Throws: ``Diagnostic`` with the operation and the address, where the answer is something else.
    package func xml() throws(Diagnostic) -> Node {
        if body.isEmpty { return [:] }
        let root: (name: String, content: Node)
        do {
            root = try XMLReader.read(body)
        } catch {
            throw unreadable("XML", error)
        }
        // Tidy pages are XML, too.
        if root.name.lowercased() == "html" { throw unreadable("XML of a service", nil) }
        return root.content
    }

    private func unreadable(_ form: String, _ problem: Diagnostic?) -> Diagnostic {
        let type = headers["Content-Type"].map { ", \($0)" } ?? ""
        return Diagnostic(
            .error, .unreadableAnswer, "\(operation) was answered, and not by AWS: the answer is no \(form)",
            why: "\(address.withoutQuery) answers with status \(status)\(type): \(shownBody ?? problem?.what ?? "")",
            fix: "check whether a proxy or the page of a login stands between (HTTPS_PROXY, NO_PROXY), and what"
                + " AWS_ENDPOINT_URL names")
    }

    /// The first words; nil for what may be a part of the service's own answer, which may be secret.
    private var shownBody: String? {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if words.isEmpty || words.hasPrefix("{") { return nil }
        return "`\(words.prefix(Self.shownCharacters))\(words.count > Self.shownCharacters ? "…" : "")`"
    }
}

extension HTTPURL {
    /// A query may be a signature.
    fileprivate var withoutQuery: HTTPURL {
        var url = self
        url.query = nil
        return url
    }
}

extension Diagnostic.Code {
    static let unreadableAnswer = Self("aws.unreadable-answer")
}
