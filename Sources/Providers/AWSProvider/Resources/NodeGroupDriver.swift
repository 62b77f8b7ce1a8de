import AWSClient
import Cryptography
import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import ServiceModel

/// Managed node groups of EKS.
///
/// What cannot be changed where it stands is part of a group's name: such a change makes another group, to which the
/// pods move, and the group before it is deleted after that.
/// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
struct NodeGroupDriver: ResourceDriver {
    /// Of these, each group has its own for all its life.
    private static let fixed = ["instanceTypes", "amiType", "capacityType", "diskSize", "subnets", "nodeRole"]
    private static let longestName = 63
    private static let hashLength = 6

    let context: DriverContext
    private var api: AWSAPI { context.api }
    private var path: String { "/clusters/\(AWSCall.segment(context.cluster.name))/node-groups" }

    func wanted(_ resource: Resource, among all: [Resource]) -> Node {
        var spec = resource.manifest["spec"]?.mapping ?? Mapping()
        if let role = spec["nodeRole"], let name = role.string {
            spec["nodeRole"] = .string(context.roleARN(name), at: role.location)
        }
        // In one order: EKS keeps none.
        let named = spec["subnets"]?.sequence ?? []
        let subnets = named.isEmpty ? context.cluster.subnets.map { .string($0) } : named
        spec["subnets"] = .sequence(subnets.sorted { ($0.string ?? "") < ($1.string ?? "") })
        // A pool without labels or taints is one that has none.
        for key in ["labels", "tags"] where spec[key] == nil { spec[key] = [:] }
        spec["taints"] = .sequence((spec["taints"]?.sequence ?? []).map(Self.taint))
        let name = spec["name"] ?? .null
        for key in ["name", "replicasPerNode", "limits"] { spec.remove(key) }
        spec["nodegroupName"] = .string(Self.name(name.string ?? "", spec), at: name.location)
        return .mapping(spec)
    }

    /// With the effect as EKS spells it: https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html
    private static func taint(_ taint: Node) -> Node {
        guard var mapping = taint.mapping, let effect = mapping["effect"] else { return taint }
        let names = ["NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"]
        mapping["effect"] = .string(names[effect.string ?? ""] ?? effect.string ?? "", at: effect.location)
        return .mapping(mapping, at: taint.location)
    }

    /// `name-` and six digits of the SHA-256 of what cannot be changed, in words that `templates/terraform` can write,
    /// too.
    private static func name(_ name: String, _ spec: Mapping) -> String {
        let fixed = fixed.map { words(spec[$0] ?? .null) }.joined(separator: "\n")
        let hash = SHA256Digest.hexadecimal(of: Array(fixed.utf8)).prefix(hashLength)
        return "\(name.prefix(longestName - hashLength - 1))-\(hash)"
    }

    private static func words(_ value: Node) -> String {
        value.sequence?.map(words).joined(separator: ",") ?? value.string ?? value.integer.map(String.init) ?? ""
    }

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        let name = wanted["nodegroupName"]?.string ?? ""
        // The list is there for a fleet anyway.
        if context.look != nil, try await !names().contains(name) { return nil }
        return try await read(name, wanted)
    }

    /// The groups of the service that others have taken the place of.
    func superseded(by wanted: Node, of resource: Resource) async throws -> [LiveResource] {
        let current = wanted["nodegroupName"]?.string ?? ""
        let stem = current.dropLast(Self.hashLength)
        var groups: [LiveResource] = []
        for name in try await names() where name != current && name.hasPrefix(stem) && name.count == current.count {
            if let group = try await read(name, wanted), ResourceOwnership.isOurs(group, resource) {
                groups.append(group)
            }
        }
        return groups
    }

    private func names() async throws -> [String] {
        try await context.once("ListNodegroups") { [api, path] in
            try await Pages.all { token in
                let call = AWSCall(.eks, "ListNodegroups", .get, path, query: token.map { [("nextToken", $0)] } ?? [])
                let page = try await api.send(call).json()
                return ((page["nodegroups"]?.sequence ?? []).compactMap(\.string), page["nextToken"]?.string)
            }
        }
    }

    private func read(_ name: String, _ wanted: Node) async throws -> LiveResource? {
        let group: Node
        do {
            let call = AWSCall(.eks, "DescribeNodegroup", .get, "\(path)/\(AWSCall.segment(name))")
            group = try await api.send(call).json()["nodegroup"] ?? .null
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
        let tags = Tags.dictionary(group["tags"])
        var spec = Mapping()
        for entry in wanted.mapping?.entries ?? [] { spec[entry.key] = group[entry.key] }
        for key in ["labels"] where spec[key] == nil { spec[key] = [:] }
        if spec["taints"] == nil { spec["taints"] = [] }
        spec["subnets"] = .sequence(
            (spec["subnets"]?.sequence ?? []).sorted { ($0.string ?? "") < ($1.string ?? "") })
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        return LiveResource(
            id: name, spec: .mapping(spec), tags: tags, state: Self.state(group))
    }

    /// https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
    private static func state(_ group: Node) -> LiveResource.State {
        let issues = group.value("health", "issues")?.sequence ?? []
        let words = issues.map { "\($0["code"]?.string ?? ""): \($0["message"]?.string ?? "")" }
        switch group["status"]?.string ?? "" {
        case "ACTIVE": return .ready
        case "DELETING": return .deleting
        case "CREATE_FAILED", "DELETE_FAILED":
            return .failed(words.isEmpty ? group["status"]?.string ?? "" : words.joined(separator: "; "))
        // It serves; what ails it may pass.
        case "DEGRADED": return .degraded(words.joined(separator: "; "))
        case let status: return .changing(words.isEmpty ? status : "\(status): \(words.joined(separator: "; "))")
        }
    }

    func create(_ wanted: Node, of resource: Resource) async throws {
        var input = wanted.mapping ?? Mapping()
        // Of this call alone, which may be repeated: a group of the same name may have been deleted before.
        input["clientRequestToken"] = .string(UUID().uuidString)
        do {
            try await RolePropagation.waiting(for: "nodeRole") {
                _ = try await api.send(AWSCall(.eks, "CreateNodegroup", .post, path, json: .mapping(input)))
            }
        } catch let error as AWSError where error.code == "ResourceInUseException" {
            guard let live = try await live(wanted, of: resource) else { throw error }
            try ResourceOwnership.check(live, resource)
        }
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        let changed = fields.keys
        var input: Node = [:]
        if changed.contains("scalingConfig") { input.merge(["scalingConfig": Self.scaling(from: live, to: wanted)]) }
        if changed.contains("labels") {
            input.merge(["labels": Self.labels(from: live.spec["labels"], to: wanted["labels"])])
        }
        if changed.contains("taints") {
            input.merge(["taints": Self.taints(from: live.spec["taints"], to: wanted["taints"])])
        }
        if input != [:] {
            let path = "\(path)/\(AWSCall.segment(live.id))/update-config"
            _ = try await api.send(AWSCall(.eks, "UpdateNodegroupConfig", .post, path, json: input))
        }
        guard changed.contains("tags") else { return }
        let group = try await api.send(
            AWSCall(.eks, "DescribeNodegroup", .get, "\(path)/\(AWSCall.segment(live.id))")
        ).json()
        let arn = group.value("nodegroup", "nodegroupArn")?.string ?? ""
        _ = try await api.send(
            AWSCall(
                .eks, "TagResource", .post, "/tags/\(AWSCall.segment(arn))", json: ["tags": wanted["tags"] ?? [:]]))
    }

    /// How many nodes there are is the autoscaler's to say, within the bounds. Where those change, there are at least as
    /// many as a new group would have: more replicas come with wider bounds.
    func difference(_ live: LiveResource, _ wanted: Node) -> [FieldChange] {
        let isTooSmall =
            context.needsNodes
            && live.spec.value("scalingConfig", "desiredSize")?.integer ?? 0
                < wanted.value("scalingConfig", "desiredSize")?.integer ?? 0
        return isTooSmall
            ? FieldDifference.between(live.spec, wanted)
            : FieldDifference.between(Self.withoutSize(live.spec), Self.withoutSize(wanted))
    }

    private static func withoutSize(_ spec: Node) -> Node {
        guard var mapping = spec.mapping, var scaling = spec["scalingConfig"]?.mapping else { return spec }
        scaling.remove("desiredSize")
        mapping["scalingConfig"] = .mapping(scaling)
        return .mapping(mapping, at: spec.location)
    }

    private static func scaling(from live: LiveResource, to wanted: Node) -> Node {
        func size(_ spec: Node, _ key: String) -> Int { spec.value("scalingConfig", key)?.integer ?? 0 }
        let (least, most) = (size(wanted, "minSize"), size(wanted, "maxSize"))
        let desired = min(max(size(live.spec, "desiredSize"), size(wanted, "desiredSize"), least), most)
        return ["minSize": .integer(least), "maxSize": .integer(most), "desiredSize": .integer(desired)]
    }

    private static func labels(from live: Node?, to wanted: Node?) -> Node {
        let gone = (live?.mapping?.entries ?? []).map(\.key).filter { wanted?[$0] == nil }
        return ["addOrUpdateLabels": wanted ?? [:], "removeLabels": .sequence(gone.map { .string($0) })]
    }

    private static func taints(from live: Node?, to wanted: Node?) -> Node {
        let (before, after) = (live?.sequence ?? [], wanted?.sequence ?? [])
        func isSame(_ left: Node, _ right: Node) -> Bool {
            left["key"] == right["key"] && left["effect"] == right["effect"]
        }
        let gone = before.filter { old in !after.contains { isSame($0, old) } }
        return ["addOrUpdateTaints": .sequence(after), "removeTaints": .sequence(gone)]
    }

    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        do {
            _ = try await api.send(
                AWSCall(.eks, "DeleteNodegroup", .delete, "\(path)/\(AWSCall.segment(live.id))"))
        } catch let error as AWSError where error.isNotFound {}
        return true
    }

    var effectOfDeleting: Effect { .replace }
}
