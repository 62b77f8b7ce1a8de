import AWSClient
import Documents
import ServiceModel

/// Log groups of CloudWatch, and how long they keep what they have.
///
/// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
struct LogGroupDriver: ResourceDriver {
    let context: DriverContext
    private var api: AWSAPI { context.api }

    func wanted(_ resource: Resource, among all: [Resource]) -> Node { resource.manifest["spec"] ?? .null }

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let name = wanted["logGroupName"]?.string ?? ""
        // Those of one cluster have all but the end in common.
        let prefix = context.look == nil ? name : String(name[...(name.lastIndex(of: "/") ?? name.startIndex)])
        let groups = try await context.once("DescribeLogGroups \(prefix)") { try await self.groups(prefix) }
        guard let group = groups.first(where: { $0["logGroupName"]?.string == name }) else { return nil }
        let arn = Self.arn(group)
        let tags = Tags.dictionary(
            try await api.json(.cloudWatchLogs, "ListTagsForResource", ["resourceArn": .string(arn)])["tags"])
        var spec = Mapping()
        spec["logGroupName"] = .string(name)
        spec["retentionInDays"] = group["retentionInDays"]
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        return LiveResource(id: arn, spec: .mapping(spec), tags: tags)
    }

    private func groups(_ prefix: String) async throws -> [Node] {
        try await Pages.all { token in
            var input: Node = ["logGroupNamePrefix": .string(prefix)]
            if let token { input.merge(["nextToken": .string(token)]) }
            let page = try await api.json(.cloudWatchLogs, "DescribeLogGroups", input)
            return (page["logGroups"]?.sequence ?? [], page["nextToken"]?.string)
        }
    }

    /// Tags belong to the group, not to its streams: without the `:*` at the end.
    private static func arn(_ group: Node) -> String {
        let arn = group["logGroupArn"]?.string ?? group["arn"]?.string ?? ""
        return arn.hasSuffix(":*") ? String(arn.dropLast(2)) : arn
    }

    func create(_ wanted: Node, of resource: Resource) async throws {
        do {
            _ = try await api.json(
                .cloudWatchLogs, "CreateLogGroup",
                ["logGroupName": wanted["logGroupName"] ?? .null, "tags": wanted["tags"] ?? [:]])
        } catch let error as AWSError where error.code == "ResourceAlreadyExistsException" {
            // An attempt before this one has made it, or it is somebody else's.
            if let live = try await live(wanted, of: resource) { try ResourceOwnership.check(live, resource) }
        }
        try await setRetention(wanted)
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        try await setRetention(wanted)
        guard live.spec["tags"] != wanted["tags"] else { return }
        _ = try await api.json(
            .cloudWatchLogs, "TagResource", ["resourceArn": .string(live.id), "tags": wanted["tags"] ?? [:]])
    }

    private func setRetention(_ wanted: Node) async throws {
        guard let days = wanted["retentionInDays"] else { return }
        _ = try await api.json(
            .cloudWatchLogs, "PutRetentionPolicy",
            ["logGroupName": wanted["logGroupName"] ?? .null, "retentionInDays": days])
    }

    /// Logs are data.
    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        guard deleteData else { return false }
        do {
            _ = try await api.json(
                .cloudWatchLogs, "DeleteLogGroup", ["logGroupName": live.spec["logGroupName"] ?? .null])
        } catch let error as AWSError where error.isNotFound {}
        return true
    }

    func holdsData(_ live: LiveResource) -> Bool { true }
}
