import HTTPTransport

/// The form in which the Query protocol has its parameters, as `application/x-www-form-urlencoded`.
///
/// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
enum QueryBody {
    static func bytes(_ action: String, version: String, _ parameters: [(String, String)]) -> [UInt8] {
        let all = [("Action", action), ("Version", version)] + parameters
        return Array(
            all.map { "\(HTTPURL.percentEncoded($0))=\(HTTPURL.percentEncoded($1))" }.joined(separator: "&").utf8)
    }
}
