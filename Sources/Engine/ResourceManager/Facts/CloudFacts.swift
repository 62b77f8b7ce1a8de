import Diagnostics
package import Documents
package import ServiceModel

/// What the engine decided about a service's cloud resources, as templates see it under `cloud`.
///
/// A resource that the service does not have is null; so is a name that follows from an account, a region or a cluster
/// that the configuration does not tell. Every value stands at the configuration line that it follows from.
package struct CloudFacts {
    let spec: DeploymentSpec
    let settings: Node
    let names: CloudNames

    package init(_ spec: DeploymentSpec) {
        self.spec = spec
        settings = spec.settings
        names = CloudNames(
            spec.provider, spec.service, region: Self.region(spec)?.string,
            cluster: Self.setting("cluster", spec)?.string)
    }

    package var node: Node {
        let isCloud = spec.provider.isCloud
        return .mapping(
            Mapping(uniqueEntries: [
                .init("cluster", isCloud ? cluster : .null),
                .init("node_pool", isCloud ? nodePool : .null),
                .init("bucket", isCloud ? bucket : .null),
                .init("cdn", isCloud ? cdn : .null),
                .init("logs", isCloud ? logs : .null),
                .init("identity", isCloud ? identity : .null),
                .init("registry", registry),
                .init("secrets", isCloud ? secrets : .sequence([])),
                .init("tags", isCloud ? .mapping(tags) : .null),
            ]))
    }

    // MARK: Place

    static func setting(_ key: String, _ spec: DeploymentSpec) -> Node? {
        settingOfProvider(key, spec).flatMap { $0.isNull ? nil : $0 }
    }

    private static func settingOfProvider(_ key: String, _ spec: DeploymentSpec) -> Node? {
        spec.settings.value("providers", spec.provider.rawValue, key)
    }

    func setting(_ key: String) -> Node? { Self.setting(key, spec) }

    /// Google's clusters are in a region or in a zone of one: `europe-west1-b`.
    static func region(_ spec: DeploymentSpec) -> Node? {
        guard var region = setting("region", spec), let text = region.string else { return nil }
        let parts = text.split(separator: "-")
        if spec.provider == .gcp, parts.count == 3, parts[2].count == 1 {
            region = .string(parts[..<2].joined(separator: "-"), at: region.location)
        }
        return region
    }

    /// The account, project or subscription.
    var account: Node? {
        switch spec.provider {
        case .aws: setting("account")
        case .gcp: setting("project")
        default: setting("subscription")
        }
    }

    private var cluster: Node {
        let region = Self.region(spec)
        return .mapping(
            Mapping(uniqueEntries: [
                .init("name", setting("cluster") ?? .null), .init("region", region ?? .null),
                .init("account", account ?? .null), .init("partition", .string(partition)),
            ]))
    }

    /// https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html
    var partition: String {
        let region = Self.region(spec)?.string ?? ""
        return Self.partitions.first { region.hasPrefix($0.prefix) }?.id ?? "aws"
    }

    private static let partitions: [(prefix: String, id: String)] = [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"), ("eusc-", "aws-eusc"),
    ]

    // MARK: Ownership

    /// What marks a resource as the tool's, and tells whose it is. Google's labels have no `/`, nor capitals; Azure's
    /// tags no `/` in their names.
    private var tags: Mapping {
        let service = spec.service
        let cluster = setting("cluster")
        switch spec.provider {
        case .gcp:
            var labels = Mapping(uniqueEntries: [
                .init("synthdata-managed-by", "synthdata-infra"),
                .init("synthdata-namespace", .string(service.namespace)),
                .init("synthdata-service", .string(service.name.value)),
            ])
            if let cluster { labels["synthdata-cluster"] = cluster }
            return labels
        default:
            let prefix = spec.provider == .azure ? "synthdata.io:" : "synthdata.io/"
            var tags = Mapping(uniqueEntries: [
                .init("\(prefix)managed-by", "synthdata-infra"), .init("\(prefix)service", .string("\(service)")),
            ])
            if let cluster { tags["\(prefix)cluster"] = cluster }
            if let region = Self.region(spec) { tags["\(prefix)region"] = region }
            return tags
        }
    }

    // MARK: Nodes

    private var nodePool: Node {
        guard let pool = NodePool(spec) else { return .null }
        let choice = try? pool.choice.get()
        return .mapping(
            Mapping(uniqueEntries: [
                .init("name", pool.name),
                .init("instance_types", pool.instanceTypes),
                .init("reason", .string(choice?.reason ?? pool.missingReason)),
                .init("min", pool.range.minimum), .init("max", pool.range.maximum),
                .init("initial", pool.range.initial),
                .init("replicas_per_node", choice?.replicasPerNode.map { .integer($0) } ?? .null),
                .init("labels", .mapping(pool.labels)), .init("taints", .sequence(pool.taints)),
                .init("ami_type", spec.provider == .aws ? pool.amiType : .null),
                .init("accelerator", accelerator(pool)),
                .init("capacity_type", spec.provider == .aws ? capacityType : .null),
                .init("spot", settings.value("scheduling", "node_pool", "spot") ?? false),
                .init("disk_gib", pool.diskGibibytes),
                .init("role_name", nodeRole),
            ]))
    }

    private func accelerator(_ pool: NodePool) -> Node {
        guard let type = pool.accelerator else { return .null }
        let cause = settings.value("resources", "gpu", "type")?.location ?? .unknown
        return .mapping(
            Mapping(uniqueEntries: [
                .init("type", .string(type, at: cause)), .init("count", .integer(pool.acceleratorCount, at: cause)),
            ]))
    }

    /// As EKS calls it.
    private var capacityType: Node {
        let spot = settings.value("scheduling", "node_pool", "spot") ?? false
        return .string(spot.bool == true ? "SPOT" : "ON_DEMAND", at: spot.location)
    }

    /// The role that is made for the nodes; null where the configuration names one, and outside AWS.
    private var nodeRole: Node {
        guard spec.provider == .aws, setting("node_role") == nil else { return .null }
        let cause = settings.value("scheduling", "node_pool", "enabled")?.location ?? .unknown
        return names.nodeRole.map { .string($0, at: cause) } ?? .null
    }
}

extension NodePool {
    fileprivate var missingReason: String {
        if case .failure(let missing) = choice { missing.why } else { "" }
    }
}
