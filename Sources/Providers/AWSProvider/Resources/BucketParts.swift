import AWSClient
import Documents
import HTTPTransport

/// The parts of a bucket's configuration, each of which is written by a call of its own.
enum BucketParts {
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    static let all = [
        "tags", "publicAccessBlock", "encryption", "versioning", "lifecycle", "policy",
    ]
    static let accessFlags = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    private static let ruleID = "synthdata-infra"
    /// What an upload left that was cut off.
    private static let abortAfterDays = 7

    static func write(_ parts: [String], _ wanted: Node, of name: String, _ api: AWSAPI) async throws {
        for part in parts {
            let call = part == "lifecycle" ? try await lifecycle(wanted["lifecycle"], name, api) : call(part, wanted)
            _ = try await api.send(call.inBucket(name))
        }
    }

    private static func call(_ part: String, _ wanted: Node) -> AWSCall {
        func put(_ operation: String, _ query: String, _ element: String, _ content: Node) -> AWSCall {
            AWSCall(.s3, operation, .put, "/", query: [(query, nil)])
                .with(xml: element, content, namespace: namespace)
        }
        switch part {
        case "tags":
            let tags = (wanted["tags"]?.mapping?.entries ?? []).map { entry -> Node in
                ["Key": .string(entry.key), "Value": entry.value]
            }
            return put("PutBucketTagging", "tagging", "Tagging", ["TagSet": ["Tag": .sequence(tags)]])
        case "publicAccessBlock":
            var flags = Mapping()
            for flag in accessFlags { flags[flag] = true }
            return put(
                "PutPublicAccessBlock", "publicAccessBlock", "PublicAccessBlockConfiguration", .mapping(flags))
        case "encryption":
            let cipher: Node = [
                "SSEAlgorithm": wanted.value("encryption", "algorithm") ?? "AES256",
                "KMSMasterKeyID": wanted.value("encryption", "key") ?? .null,
            ]
            let isKMS = wanted.value("encryption", "key")?.string != nil
            return put(
                "PutBucketEncryption", "encryption", "ServerSideEncryptionConfiguration",
                ["Rule": ["ApplyServerSideEncryptionByDefault": cipher, "BucketKeyEnabled": .bool(isKMS)]])
        case "versioning":
            return put(
                "PutBucketVersioning", "versioning", "VersioningConfiguration",
                ["Status": wanted["versioning"] ?? .null])
        default:
            var call = AWSCall(.s3, "PutBucketPolicy", .put, "/", query: [("policy", nil)])
            call.body = JSONEmitter.bytes(of: wanted["policy"] ?? .null)
            call.headers["Content-Type"] = "application/json"
            return call.withChecksum
        }
    }

    /// One call replaces all rules: those of others are written back as they are.
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    private static func lifecycle(_ wanted: Node?, _ name: String, _ api: AWSAPI) async throws -> AWSCall {
        var rule: Node = [
            "ID": .string(ruleID), "Filter": ["Prefix": ""], "Status": "Enabled",
            "AbortIncompleteMultipartUpload": ["DaysAfterInitiation": wanted?["abortUploadsDays"] ?? .null],
        ]
        if let days = wanted?["expireNoncurrentDays"], !days.isNull {
            rule.merge(["NoncurrentVersionExpiration": ["NoncurrentDays": days]])
        }
        let others = try await read("GetBucketLifecycleConfiguration", "lifecycle", of: name, api)
            .elements("Rule").filter { $0["ID"]?.string != ruleID }
        return AWSCall(.s3, "PutBucketLifecycleConfiguration", .put, "/", query: [("lifecycle", nil)])
            .with(xml: "LifecycleConfiguration", ["Rule": .sequence(others + [rule])], namespace: namespace)
    }

    /// An empty mapping where nothing is configured.
    static func read(_ operation: String, _ query: String, of name: String, _ api: AWSAPI) async throws -> Node {
        do {
            return try await api.send(
                AWSCall(.s3, operation, .get, "/", query: [(query, nil)]).inBucket(name)
            ).xml()
        } catch let error as AWSError where error.status == 404 {
            return [:]
        }
    }

    /// What the lifecycle's rule is to say.
    static func rule(_ expireNoncurrentDays: Node?) -> Node {
        ["abortUploadsDays": .integer(abortAfterDays), "expireNoncurrentDays": expireNoncurrentDays ?? .null]
    }

    /// Null where there is none.
    static func liveRule(_ lifecycle: Node) -> Node {
        guard let rule = lifecycle.elements("Rule").first(where: { $0["ID"]?.string == ruleID }) else { return .null }
        func days(_ path: String...) -> Node {
            let text = path.reduce(rule as Node?) { $0?[$1] }?.string
            return text.flatMap { Int($0) }.map { .integer($0) } ?? .null
        }
        return [
            "abortUploadsDays": days("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
            "expireNoncurrentDays": days("NoncurrentVersionExpiration", "NoncurrentDays"),
        ]
    }
}
