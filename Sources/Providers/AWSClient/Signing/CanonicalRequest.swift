import Cryptography
import HTTPTransport

/// A request in the one form in which its signature is computed.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
struct CanonicalRequest: Sendable {
    let method: HTTPMethod
    let path: String
    let query: String
    /// Names in lower case and in order, each with its trimmed values.
    let headers: [(name: String, value: String)]
    let payloadHash: String

    /// - Parameter isPathLiteral: S3 signs the path as it is sent; every other service one whose dots are resolved and
    ///   which is encoded once more.
    init(_ request: HTTPRequest, headers: [(name: String, value: String)], payloadHash: String, isPathLiteral: Bool) {
        method = request.method
        path = isPathLiteral ? request.url.path : Self.encodedAgain(Self.resolved(request.url.path))
        query = Self.sorted(request.url.query ?? "")
        self.headers = headers
        self.payloadHash = payloadHash
    }

    var signedHeaders: String { headers.map(\.name).joined(separator: ";") }

    var digest: String {
        let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
        let text = [method.rawValue, path, query, lines, signedHeaders, payloadHash].joined(separator: "\n")
        return SHA256Digest.hexadecimal(of: Array(text.utf8))
    }

    /// Names in lower case; values without spaces around them and with one space where there were several. Several
    /// fields of a name count as one with commas.
    static func canonical(_ fields: [HTTPHeaders.Field]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for field in fields {
            let words = field.value.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
            values[field.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// By name, then by value, in the order of their bytes; a name without `=` has an empty value.
    private static func sorted(_ query: String) -> String {
        query.split(separator: "&").map { part -> (name: Substring, value: Substring) in
            let name = part.prefix { $0 != "=" }
            return (name, part.dropFirst(name.count + 1))
        }.sorted { left, right in
            left.name == right.name
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Without `.`, `..` and empty segments (RFC 3986, section 6.2.2.3).
    private static func resolved(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let ends = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.joined(separator: "/") + ends
    }

    private static func encodedAgain(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { HTTPURL.percentEncoded(String($0)) }
            .joined(separator: "/")
    }
}
