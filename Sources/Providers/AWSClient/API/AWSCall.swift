package import Documents
package import HTTPTransport

/// One operation of a service, before it has an address and a signature.
package struct AWSCall: Sendable {
    package let service: AWSService
    /// As the service's reference names it: `DescribeCluster`.
    package let operation: String
    package var method: HTTPMethod
    /// Percent-encoded segment by segment; begins with `/`.
    package var path: String
    /// Neither is percent-encoded yet; nil for a name alone, as S3 has them: `?versioning`.
    package var query: [(name: String, value: String?)]
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Of S3: a part of the host, or of the path where the host was chosen or the name has dots, which certificates do
    /// not cover. https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    package private(set) var bucket: String?

    package init(
        _ service: AWSService, _ operation: String, _ method: HTTPMethod, _ path: String,
        query: [(String, String?)] = [], headers: HTTPHeaders = [:], body: [UInt8] = []
    ) {
        self.service = service
        self.operation = operation
        self.method = method
        self.path = path
        self.query = query.map { (name: $0.0, value: $0.1) }
        self.headers = headers
        self.body = body
    }

    /// With a JSON body.
    package init(
        _ service: AWSService, _ operation: String, _ method: HTTPMethod, _ path: String, json: Node
    ) {
        self.init(
            service, operation, method, path, headers: ["Content-Type": "application/json"],
            body: JSONEmitter.bytes(of: json))
    }

    package func inBucket(_ name: String) -> AWSCall {
        var call = self
        call.bucket = name
        return call
    }

    /// Whether it can change anything, told by its name: what only looks begins with one of these words.
    package var isMutating: Bool {
        !["Describe", "Get", "Head", "List", "BatchGet"].contains(where: operation.hasPrefix)
    }

    /// A name as one segment of a path.
    package static func segment(_ name: String) -> String { HTTPURL.percentEncoded(name) }

    /// `eks:DescribeCluster`, as policies name it.
    var name: String { "\(service.signingName):\(operation)" }
}
