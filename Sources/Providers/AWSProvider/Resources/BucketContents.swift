import AWSClient
import Documents
import HTTPTransport

/// All objects of a bucket, with their versions.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
struct BucketContents: Sendable {
    /// So many can be deleted at once.
    private static let pageSize = 1000

    let name: String
    let api: AWSAPI

    func isEmpty() async throws -> Bool { try await versions(atMost: 1).isEmpty }

    private func versions(atMost count: Int) async throws -> [Node] {
        let query = [("versions", nil as String?), ("max-keys", "\(count)"), ("encoding-type", "url")]
        let page = try await api.send(
            AWSCall(.s3, "ListObjectVersions", .get, "/", query: query).inBucket(name)
        ).xml()
        return page.elements("Version") + page.elements("DeleteMarker")
    }

    func delete() async throws {
        var before: [Node] = []
        while true {
            let versions = try await versions(atMost: Self.pageSize)
            if versions.isEmpty { return }
            guard versions != before else {
                throw AWSError(
                    code: "NotDeleted", message: "objects that were deleted are still there", status: 200,
                    requestID: "", operation: "s3:DeleteObjects")
            }
            before = versions
            let objects = versions.map { version -> Node in
                let key = version["Key"]?.string.flatMap(HTTPURL.percentDecoded)
                return ["Key": key.map { .string($0) } ?? .null, "VersionId": version["VersionId"] ?? .null]
            }
            let answer = try await api.send(
                AWSCall(.s3, "DeleteObjects", .post, "/", query: [("delete", nil)])
                    .with(
                        xml: "Delete", ["Quiet": true, "Object": .sequence(objects)],
                        namespace: BucketParts.namespace
                    ).inBucket(name)
            ).xml()
            if let error = answer.elements("Error").first {
                throw AWSError(
                    code: error["Code"]?.string ?? "", message: error["Message"]?.string ?? "", status: 200,
                    requestID: "", operation: "s3:DeleteObjects")
            }
        }
    }
}
