import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import ServiceModel

/// Buckets of S3 with all that keeps them private and tidy.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
struct BucketDriver: ResourceDriver {
    let context: DriverContext
    var api: AWSAPI { context.api }

    // MARK: Wanted

    func wanted(_ resource: Resource, among all: [Resource]) -> Node {
        let spec = resource.manifest["spec"] ?? .null
        let name = context.bucketName(spec)
        var wanted = Mapping()
        wanted["name"] = .string(name, at: (spec["name"] ?? spec["namePrefix"])?.location ?? .unknown)
        wanted["versioning"] = spec["versioning"]
        var encryption = Mapping()
        encryption["algorithm"] = spec.value("encryption", "algorithm")
        encryption["key"] = spec.value("encryption", "key") ?? .null
        wanted["encryption"] = .mapping(encryption)
        wanted["publicAccessBlock"] = true
        wanted["lifecycle"] = BucketParts.rule(spec["expireNoncurrentDays"])
        wanted["policy"] = policy(name, served: spec["servedPrefix"]?.string)
        wanted["tags"] = spec["tags"] ?? [:]
        return .mapping(wanted)
    }

    /// - https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
    /// - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    ///
    /// - Parameter prefix: of what a distribution serves; nil where there is none.
    private func policy(_ name: String, served prefix: String?) -> Node {
        let arn = context.bucketARN(name)
        var statements: [Node] = [
            [
                "Sid": "OnlyOverTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": [.string(arn), .string("\(arn)/*")],
                "Condition": ["Bool": ["aws:SecureTransport": "false"]],
            ]
        ]
        if let prefix {
            let distributions = "arn:\(context.partition.id):cloudfront::\(context.identity.account):distribution/*"
            statements.append([
                "Sid": "Distribution", "Effect": "Allow", "Principal": ["Service": "cloudfront.amazonaws.com"],
                "Action": "s3:GetObject", "Resource": .string("\(arn)/\(prefix)*"),
                "Condition": ["ArnLike": ["AWS:SourceArn": .string(distributions)]],
            ])
        }
        return PolicyDocument.document(statements)
    }

    // MARK: Live

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let name = wanted["name"]?.string ?? ""
        guard let versioning = try await versioning(of: name, at: wanted["name"]?.location ?? .unknown) else {
            return nil
        }
        async let tagging = part("GetBucketTagging", "tagging", of: name)
        async let encryption = part("GetBucketEncryption", "encryption", of: name)
        async let block = part("GetPublicAccessBlock", "publicAccessBlock", of: name)
        async let lifecycle = part("GetBucketLifecycleConfiguration", "lifecycle", of: name)
        async let policy = livePolicy(of: name)
        let tags = Tags.dictionary(pairs: try await tagging["TagSet"]?.elements("Tag") ?? [])
        var spec = Mapping()
        spec["name"] = .string(name)
        spec["versioning"] = versioning["Status"] ?? "Suspended"
        let rule = try await encryption.value("Rule", "ApplyServerSideEncryptionByDefault")
        var cipher = Mapping()
        cipher["algorithm"] = rule?["SSEAlgorithm"] ?? .null
        cipher["key"] = rule?["KMSMasterKeyID"] ?? .null
        spec["encryption"] = .mapping(cipher)
        let flags = try await block
        spec["publicAccessBlock"] = .bool(BucketParts.accessFlags.allSatisfy { flags[$0]?.string == "true" })
        spec["lifecycle"] = BucketParts.liveRule(try await lifecycle)
        spec["policy"] = try await policy
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        return LiveResource(id: name, spec: .mapping(spec), tags: tags)
    }

    /// Nil where there is no such bucket. Unlike HeadBucket this tells why it is refused.
    private func versioning(of name: String, at location: SourceLocation) async throws -> Node? {
        do {
            return try await api.send(
                AWSCall(.s3, "GetBucketVersioning", .get, "/", query: [("versioning", nil)]).inBucket(name)
            ).xml()
        } catch let error as AWSError where error.status == 404 {
            return nil
        } catch let error as AWSError where error.status == 301 || error.code == "AccessDenied" {
            throw Diagnostic(
                .error, .foreign, "the bucket `\(name)` cannot be used", at: location,
                why: error.status == 301
                    ? "it is in another region" : "it is somebody else's, or the credentials may not look at it",
                fix: "choose another name with `storage.bucket.name`")
        }
    }

    private func part(_ operation: String, _ query: String, of name: String) async throws -> Node {
        try await BucketParts.read(operation, query, of: name, api)
    }

    private func livePolicy(of name: String) async throws -> Node {
        do {
            return try await api.send(
                AWSCall(.s3, "GetBucketPolicy", .get, "/", query: [("policy", nil)]).inBucket(name)
            ).json()
        } catch let error as AWSError where error.status == 404 {
            return .null
        }
    }

    // MARK: Writing

    func create(_ wanted: Node, of resource: Resource) async throws {
        let name = wanted["name"]?.string ?? ""
        var call = AWSCall(.s3, "CreateBucket", .put, "/").inBucket(name)
        if api.region != "us-east-1" {
            call = call.with(
                xml: "CreateBucketConfiguration", ["LocationConstraint": .string(api.region)],
                namespace: BucketParts.namespace)
        }
        do {
            _ = try await api.send(call)
        } catch let error as AWSError where error.code == "BucketAlreadyOwnedByYou" {
        } catch let error as AWSError where error.code == "BucketAlreadyExists" {
            throw Diagnostic(
                .error, .foreign, "the name `\(name)` is taken by somebody else's bucket",
                at: wanted["name"]?.location ?? .unknown, fix: "choose another one with `storage.bucket.name`")
        }
        // Another service may have made it since the plan: in us-east-1 a second making is no error. One without any tag
        // was made just now, or by an attempt that was cut off before it could tag it.
        let tags = Tags.dictionary(
            pairs: try await part("GetBucketTagging", "tagging", of: name)["TagSet"]?.elements("Tag") ?? [])
        if !tags.isEmpty { try ResourceOwnership.check(LiveResource(id: name, spec: .null, tags: tags), resource) }
        // First of all: whose it is.
        try await BucketParts.write(["tags"], wanted, of: name, api)
        try await BucketParts.write(BucketParts.all.filter { $0 != "tags" }, wanted, of: name, api)
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        let changed = fields.keys
        var wanted = wanted
        // One call replaces all tags.
        wanted.merge(["tags": Tags.merged(live.tags, wanted["tags"])])
        try await BucketParts.write(BucketParts.all.filter(changed.contains), wanted, of: live.id, api)
    }

    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        if deleteData { try await BucketContents(name: live.id, api: api).delete() }
        do {
            _ = try await api.send(AWSCall(.s3, "DeleteBucket", .delete, "/").inBucket(live.id))
            return true
        } catch let error as AWSError where error.isNotFound {
            return true
        } catch let error as AWSError where error.code == "BucketNotEmpty" {
            return false
        }
    }

    func holdsData(_ live: LiveResource) async throws -> Bool {
        try await !BucketContents(name: live.id, api: api).isEmpty()
    }
}
