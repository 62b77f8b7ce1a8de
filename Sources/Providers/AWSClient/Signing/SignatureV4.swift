import Cryptography
import Diagnostics
package import HTTPTransport

/// Signs requests as AWS wants them (Signature Version 4).
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
package struct SignatureV4: Sendable {
    /// What of the body is signed.
    package enum Payload: Sendable, Hashable {
        /// Its digest.
        case signed
        /// Nothing: TLS alone protects it. S3 takes that, for bodies that are not at hand when the request begins.
        case unsigned
    }

    private static let algorithm = "AWS4-HMAC-SHA256"
    private static let unsignedPayload = "UNSIGNED-PAYLOAD"

    private let credentials: AWSCredentials
    private let region: String
    private let service: String

    /// - Parameter service: the name in the credentials' scope: `sts`, `s3`.
    package init(_ credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    private var isS3: Bool { service == "s3" }

    /// The request with `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`; for S3 with
    /// `X-Amz-Content-SHA256`, too.
    ///
    /// - Parameter time: seconds since 1970.
    package func signed(_ request: HTTPRequest, at time: Int, payload: Payload = .signed) -> HTTPRequest {
        let time = SigningTime(secondsSince1970: time)
        let hash = payload == .signed ? SHA256Digest.hexadecimal(of: request.body) : Self.unsignedPayload
        var request = request
        request.headers["X-Amz-Date"] = time.stamp
        request.headers["X-Amz-Security-Token"] = credentials.sessionToken?.secret
        request.headers["X-Amz-Content-SHA256"] = isS3 || payload == .unsigned ? hash : nil
        let canonical = CanonicalRequest(
            request, headers: headers(of: request), payloadHash: hash, isPathLiteral: isS3)
        request.headers["Authorization"] =
            "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(time)), "
            + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature(of: canonical, time))"
        return request
    }

    /// An address that whoever has it can use for `seconds`, with the headers of `request`.
    ///
    /// - Parameter time: seconds since 1970.
    package func presigned(_ request: HTTPRequest, at time: Int, for seconds: Int) -> HTTPURL {
        let time = SigningTime(secondsSince1970: time)
        var request = request
        let headers = headers(of: request)
        var query = [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(time))"),
            ("X-Amz-Date", time.stamp), ("X-Amz-Expires", "\(seconds)"),
            ("X-Amz-SignedHeaders", headers.map(\.name).joined(separator: ";")),
        ]
        if let token = credentials.sessionToken { query.append(("X-Amz-Security-Token", token.secret)) }
        let added = query.map { "\($0)=\(HTTPURL.percentEncoded($1))" }
        let before = request.url.query.flatMap { $0.isEmpty ? nil : [$0] } ?? []
        request.url.query = (before + added).joined(separator: "&")
        let canonical = CanonicalRequest(
            request, headers: headers,
            payloadHash: isS3 ? Self.unsignedPayload : SHA256Digest.hexadecimal(of: request.body), isPathLiteral: isS3)
        request.url.query?.append("&X-Amz-Signature=\(signature(of: canonical, time))")
        return request.url
    }

    /// What may be changed on the way is not signed.
    private static let unsignedHeaders: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    private func headers(of request: HTTPRequest) -> [(name: String, value: String)] {
        var fields = request.headers.fields.filter { !Self.unsignedHeaders.contains($0.name.lowercased()) }
        if request.headers["Host"] == nil { fields.append(HTTPHeaders.Field("Host", request.url.authority)) }
        return CanonicalRequest.canonical(fields)
    }

    private func scope(_ time: SigningTime) -> String { "\(time.day)/\(region)/\(service)/aws4_request" }

    private func signature(of canonical: CanonicalRequest, _ time: SigningTime) -> String {
        let text = [Self.algorithm, time.stamp, scope(time), canonical.digest].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey.secret)".utf8)
        for part in [time.day, region, service, "aws4_request", text] {
            key = HMACSHA256.of(Array(part.utf8), key: key)
        }
        return SHA256Digest.hexadecimal(key)
    }
}
