import AWSClient
import Cryptography
import Documents
import FoundationEssentials
import HTTPTransport

extension AWSCall {
    /// With an XML body and its checksum.
    func with(xml name: String, _ content: Node, namespace: String) -> AWSCall {
        var call = self
        call.body = XMLWriter.bytes(name, content, namespace: namespace)
        call.headers["Content-Type"] = "application/xml"
        return call.withChecksum
    }

    /// S3 wants to be able to check what changes a bucket.
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
    var withChecksum: AWSCall {
        var call = self
        call.headers["x-amz-checksum-sha256"] = Data(SHA256Digest.of(body)).base64EncodedString()
        return call
    }
}
