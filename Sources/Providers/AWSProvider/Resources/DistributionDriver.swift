import AWSClient
import Documents
import FoundationEssentials
import HTTPTransport
import ServiceModel

/// Distributions of CloudFront in front of a service's bucket, which they alone may read.
///
/// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistributionWithTags.html
struct DistributionDriver: ResourceDriver {
    private static let path = "/2020-05-31"
    private static let namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
    private static let originID = "bucket"
    /// `CachingOptimized`:
    /// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    private static let cachePolicy = "658327ea-f89d-4fab-a63d-7e88639e58f6"

    let context: DriverContext
    private var api: AWSAPI { context.api }

    func wanted(_ resource: Resource, among all: [Resource]) -> Node {
        let spec = resource.manifest["spec"] ?? .null
        let bucket = all.first { $0.identity.kind == CloudKind.bucket.rawValue }?.manifest["spec"] ?? .null
        let domain = "\(context.bucketName(bucket)).s3.\(api.region).\(context.partition.dnsSuffix)"
        var wanted = Mapping()
        // Of the place, so that no other cluster has the same: CloudFront is in all regions.
        wanted["comment"] = spec["name"]
        wanted["enabled"] = spec["enabled"]
        wanted["origin"] = .string(domain)
        wanted["accessControl"] = true
        wanted["tags"] = spec["tags"] ?? [:]
        return .mapping(wanted)
    }

    // MARK: Live

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let distributions = try await context.once("ListDistributions") { try await self.distributions() }
        for distribution in distributions {
            guard distribution["Comment"]?.string == wanted["comment"]?.string else { continue }
            let live = try await self.live(distribution, wanted)
            if ResourceOwnership.isOurs(live, resource) { return live }
        }
        return nil
    }

    private func distributions() async throws -> [Node] {
        let all = try await Pages.all { marker in
            let query = [("MaxItems", "100")] + (marker.map { [("Marker", $0)] } ?? [])
            let page = try await api.send(
                AWSCall(.cloudFront, "ListDistributions", .get, "\(Self.path)/distribution", query: query)
            ).xml()
            return (
                page["Items"]?.elements("DistributionSummary") ?? [],
                page["IsTruncated"]?.string == "true" ? page["NextMarker"]?.string : nil
            )
        }
        return try await all.concurrentMap(atOnce: 8) { try await complete($0) }
    }

    /// A summary has all that is looked at here; those of emulators may not.
    private func complete(_ summary: Node) async throws -> Node {
        guard summary["Comment"] == nil, let id = summary["Id"]?.string else { return summary }
        let path = "\(Self.path)/distribution/\(AWSCall.segment(id))/config"
        var all = summary
        do {
            all.merge(try await api.send(AWSCall(.cloudFront, "GetDistributionConfig", .get, path)).xml())
        } catch let error as AWSError where error.isNotFound {}
        return all
    }

    private func live(_ distribution: Node, _ wanted: Node) async throws -> LiveResource {
        let query = [("Resource", distribution["ARN"]?.string ?? "")]
        let tagging = try await api.send(
            AWSCall(.cloudFront, "ListTagsForResource", .get, "\(Self.path)/tagging", query: query)
        ).xml()
        let tags = Tags.dictionary(pairs: tagging["Items"]?.elements("Tag") ?? [])
        var spec = Mapping()
        spec["comment"] = distribution["Comment"]
        spec["enabled"] = .bool(distribution["Enabled"]?.string == "true")
        let origin = distribution["Origins"]?["Items"]?.elements("Origin").first
        spec["origin"] = origin?["DomainName"] ?? .null
        spec["accessControl"] = .bool(origin?["OriginAccessControlId"]?.string?.isEmpty == false)
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        let isDeployed = distribution["Status"]?.string == "Deployed"
        return LiveResource(
            id: distribution["Id"]?.string ?? "", spec: .mapping(spec), tags: tags,
            state: isDeployed ? .ready : .changing(distribution["Status"]?.string ?? ""))
    }

    /// The access control, which has no tags, where an attempt that was cut off has made no more.
    func remains(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let name = wanted["comment"]?.string ?? ""
        guard try await findAccessControl(name) != nil else { return nil }
        return LiveResource(
            id: name, spec: ["comment": .string(name)], tags: Tags.dictionary(resource.manifest.value("spec", "tags")))
    }

    // MARK: Writing

    func create(_ wanted: Node, of resource: Resource) async throws {
        let name = wanted["comment"]?.string ?? ""
        let control = try await accessControl(name)
        let origin: Node = [
            "Id": .string(Self.originID), "DomainName": wanted["origin"] ?? .null,
            "OriginAccessControlId": .string(control), "S3OriginConfig": ["OriginAccessIdentity": ""],
        ]
        let configuration: Node = [
            // Of this call alone: one of the same name may have been deleted before.
            "CallerReference": .string(UUID().uuidString), "Origins": ["Quantity": 1, "Items": ["Origin": origin]],
            "DefaultCacheBehavior": [
                "TargetOriginId": .string(Self.originID), "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": .string(Self.cachePolicy), "Compress": true,
            ], "Comment": wanted["comment"] ?? "", "Enabled": wanted["enabled"] ?? true,
        ]
        let tags = (wanted["tags"]?.mapping?.entries ?? []).map { entry -> Node in
            ["Key": .string(entry.key), "Value": entry.value]
        }
        do {
            _ = try await api.send(
                AWSCall(
                    .cloudFront, "CreateDistributionWithTags", .post, "\(Self.path)/distribution",
                    query: [("WithTags", nil)]
                ).with(
                    xml: "DistributionConfigWithTags",
                    ["DistributionConfig": configuration, "Tags": ["Items": ["Tag": .sequence(tags)]]],
                    namespace: Self.namespace))
        } catch let error as AWSError where error.code == "DistributionAlreadyExists" {
            // This very call has made it, and its answer was lost.
        }
    }

    /// By which the distribution signs what it asks the bucket for.
    /// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html
    private func accessControl(_ name: String) async throws -> String {
        if let known = try await findAccessControl(name) { return known }
        let configuration: Node = [
            "Name": .string(name), "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        ]
        let answer = try await api.send(
            AWSCall(.cloudFront, "CreateOriginAccessControl", .post, "\(Self.path)/origin-access-control")
                .with(xml: "OriginAccessControlConfig", configuration, namespace: Self.namespace)
        ).xml()
        return answer["Id"]?.string ?? ""
    }

    func findAccessControl(_ name: String) async throws -> String? {
        let all = try await Pages.all { marker in
            let page = try await api.send(
                AWSCall(
                    .cloudFront, "ListOriginAccessControls", .get, "\(Self.path)/origin-access-control",
                    query: marker.map { [("Marker", $0)] } ?? [])
            ).xml()
            return (
                page["Items"]?.elements("OriginAccessControlSummary") ?? [],
                page["IsTruncated"]?.string == "true" ? page["NextMarker"]?.string : nil
            )
        }
        return all.first { $0["Name"]?.string == name }?["Id"]?.string
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        if fields.keys != ["tags"] {
            let control = try await accessControl(wanted["comment"]?.string ?? "")
            try await reconfigure(live.id) { configuration in
                configuration["Enabled"] = wanted["enabled"]
                configuration["Comment"] = wanted["comment"]
                configuration.setOrigin([
                    "DomainName": wanted["origin"] ?? .null, "OriginAccessControlId": .string(control),
                ])
            }
        }
        guard fields.keys.contains("tags") else { return }
        let tags = (wanted["tags"]?.mapping?.entries ?? []).map { entry -> Node in
            ["Key": .string(entry.key), "Value": entry.value]
        }
        let arn = "arn:\(context.partition.id):cloudfront::\(context.identity.account):distribution/\(live.id)"
        _ = try await api.send(
            AWSCall(
                .cloudFront, "TagResource", .post, "\(Self.path)/tagging",
                query: [("Operation", "Tag"), ("Resource", arn)]
            ).with(xml: "Tags", ["Items": ["Tag": .sequence(tags)]], namespace: Self.namespace))
    }

    /// - Returns: the version that the change has made; nil where there is no such distribution any more.
    @discardableResult
    private func reconfigure(_ id: String, _ edit: (inout Mapping) -> Void) async throws -> String? {
        let path = "\(Self.path)/distribution/\(AWSCall.segment(id))/config"
        let answer: AWSResponse
        do {
            answer = try await api.send(AWSCall(.cloudFront, "GetDistributionConfig", .get, path))
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
        var configuration = try answer.xml().mapping ?? Mapping()
        let before = configuration
        edit(&configuration)
        guard configuration != before else { return answer.headers["ETag"] }
        var call = AWSCall(.cloudFront, "UpdateDistribution", .put, path)
            .with(xml: "DistributionConfig", .mapping(configuration), namespace: Self.namespace)
        call.headers["If-Match"] = answer.headers["ETag"]
        return try await api.send(call).headers["ETag"]
    }

    /// It has to be disabled everywhere before it can be deleted, which takes minutes. What has its tags goes last, so
    /// that an attempt that was cut off is found again.
    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        let name = live.spec["comment"]?.string ?? ""
        guard live.id != name else {
            try await deleteAccessControl(name)
            return true
        }
        let version = try await reconfigure(live.id) { configuration in
            configuration["Enabled"] = false
            configuration.setOrigin(["OriginAccessControlId": ""])
        }
        guard let version else { return true }
        try await Settling.until { try await isDeployed(live.id) }
        try await deleteAccessControl(name)
        var call = AWSCall(
            .cloudFront, "DeleteDistribution", .delete, "\(Self.path)/distribution/\(AWSCall.segment(live.id))")
        call.headers["If-Match"] = version
        do {
            _ = try await api.send(call)
        } catch let error as AWSError where error.isNotFound {}
        return true
    }

    private func isDeployed(_ id: String) async throws -> Bool {
        do {
            let path = "\(Self.path)/distribution/\(AWSCall.segment(id))"
            return try await api.send(AWSCall(.cloudFront, "GetDistribution", .get, path)).xml()["Status"]?.string
                == "Deployed"
        } catch let error as AWSError where error.isNotFound {
            return true
        }
    }

    private func deleteAccessControl(_ name: String) async throws {
        guard let id = try await findAccessControl(name) else { return }
        let path = "\(Self.path)/origin-access-control/\(AWSCall.segment(id))"
        do {
            let known = try await api.send(AWSCall(.cloudFront, "GetOriginAccessControl", .get, path))
            var call = AWSCall(.cloudFront, "DeleteOriginAccessControl", .delete, path)
            call.headers["If-Match"] = known.headers["ETag"]
            _ = try await api.send(call)
        } catch let error as AWSError where error.isNotFound {}
    }
}

extension Mapping {
    /// Changes fields of a distribution's only origin.
    fileprivate mutating func setOrigin(_ fields: Node) {
        guard var origin = self["Origins"]?["Items"]?.elements("Origin").first else { return }
        origin.merge(fields)
        self["Origins"] = ["Quantity": 1, "Items": ["Origin": origin]]
    }
}
