import Diagnostics
import Documents
import HTTPTransport

/// Finds the code and the words of a refusal, in the forms that the protocols have for them.
///
/// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
/// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
enum AWSErrorReader {
    static let answer = SourceFile("answer")

    static func error(_ response: HTTPResponse, of call: AWSCall) -> AWSError {
        let document = document(response)
        let type =
            response.headers["X-Amzn-Errortype"] ?? document["__type"]?.string ?? document["Code"]?.string
            ?? document["code"]?.string ?? ""
        let message = ["message", "Message", "errorMessage"].lazy.compactMap { document[$0]?.string }.first
        let id = ["x-amzn-RequestId", "x-amz-request-id"].lazy.compactMap { response.headers[$0] }.first
        return AWSError(
            code: bare(type), message: message ?? "", status: response.status,
            requestID: id ?? document["RequestId"]?.string ?? "", operation: call.name)
    }

    /// `aws.protocoltests#FooError:http://…` means `FooError`.
    private static func bare(_ type: String) -> String {
        let name = type.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
        return String(name.split(separator: "#").last ?? "")
    }

    /// Where code and message are; empty for what cannot be read: a proxy's page, for example.
    private static func document(_ response: HTTPResponse) -> Node {
        let body = response.body
        guard let first = body.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { return [:] }
        if first == UInt8(ascii: "{") { return (try? JSONParser.parse(body, file: answer)) ?? [:] }
        guard let (name, content) = try? XMLReader.read(body) else { return [:] }
        if name == "Error" { return content }
        var error = content["Error"] ?? content["Errors"]?["Error"] ?? content
        let id = content["RequestId"] ?? content["RequestID"]
        if let id, var mapping = error.mapping {
            mapping["RequestId"] = id
            error = .mapping(mapping)
        }
        return error
    }
}
