import AWSClient
import Diagnostics
import Documents
import HTTPTransport
import ServiceModel

/// Which role the pods of a service account have.
///
/// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
struct PodIdentityDriver: ResourceDriver {
    let context: DriverContext
    private var api: AWSAPI { context.api }
    private var path: String { "/clusters/\(AWSCall.segment(context.cluster.name))/pod-identity-associations" }

    func wanted(_ resource: Resource, among all: [Resource]) -> Node {
        let spec = resource.manifest["spec"] ?? .null
        var wanted = Mapping()
        wanted["namespace"] = .string(resource.identity.namespace ?? "")
        wanted["serviceAccount"] = spec["serviceAccount"]
        wanted["roleArn"] = .string(
            context.roleARN(spec["roleName"]?.string ?? ""), at: spec["roleName"]?.location ?? .unknown)
        wanted["tags"] = spec["tags"] ?? [:]
        return .mapping(wanted)
    }

    func live(_ wanted: Node, of resource: Resource) async throws -> LiveResource? {
        guard let id = try await id(wanted) else { return nil }
        let association: Node
        do {
            association =
                try await api.send(
                    AWSCall(.eks, "DescribePodIdentityAssociation", .get, "\(path)/\(AWSCall.segment(id))")
                ).json()["association"] ?? .null
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
        let tags = Tags.dictionary(association["tags"])
        var spec = Mapping()
        for key in ["namespace", "serviceAccount", "roleArn"] { spec[key] = association[key] }
        spec["tags"] = Tags.node(tags, wanted: wanted["tags"])
        let changed = association["modifiedAt"] ?? association["createdAt"]
        return LiveResource(id: id, spec: .mapping(spec), tags: tags, changed: changed?.number?.double)
    }

    /// A service account has one at most.
    private func id(_ wanted: Node) async throws -> String? {
        let keys = ["namespace", "serviceAccount"]
        let all =
            context.look == nil
            ? try await associations(keys.map { ($0, wanted[$0]?.string) })
            : try await context.once("ListPodIdentityAssociations") { try await associations([]) }
        return all.first { association in keys.allSatisfy { association[$0] == wanted[$0] } }?["associationId"]?.string
    }

    private func associations(_ filter: [(String, String?)]) async throws -> [Node] {
        try await Pages.all { token in
            let query = filter + (token.map { [("nextToken", $0)] } ?? [])
            let page = try await api.send(
                AWSCall(.eks, "ListPodIdentityAssociations", .get, path, query: query)
            ).json()
            return (page["associations"]?.sequence ?? [], page["nextToken"]?.string)
        }
    }

    func create(_ wanted: Node, of resource: Resource) async throws {
        do {
            try await RolePropagation.waiting(for: "roleArn") {
                _ = try await api.send(AWSCall(.eks, "CreatePodIdentityAssociation", .post, path, json: wanted))
            }
        } catch let error as AWSError where error.code == "ResourceInUseException" {
            guard let live = try await live(wanted, of: resource) else { throw error }
            try ResourceOwnership.check(live, resource)
        }
    }

    func update(_ wanted: Node, from live: LiveResource, _ fields: [FieldChange]) async throws {
        let changed = fields.keys
        if changed.contains("roleArn") {
            try await RolePropagation.waiting(for: "roleArn") {
                _ = try await api.send(
                    AWSCall(
                        .eks, "UpdatePodIdentityAssociation", .post, "\(path)/\(AWSCall.segment(live.id))",
                        json: ["roleArn": wanted["roleArn"] ?? .null]))
            }
        }
        guard changed.contains("tags") else { return }
        let cluster = context.cluster
        let arn =
            cluster.arn.replacing(
                ":cluster/\(cluster.name)", with: ":podidentityassociation/\(cluster.name)/\(live.id)")
        _ = try await api.send(
            AWSCall(
                .eks, "TagResource", .post, "/tags/\(AWSCall.segment(arn))", json: ["tags": wanted["tags"] ?? [:]]))
    }

    func delete(_ live: LiveResource, of resource: Resource, deleteData: Bool) async throws -> Bool {
        do {
            _ = try await api.send(
                AWSCall(.eks, "DeletePodIdentityAssociation", .delete, "\(path)/\(AWSCall.segment(live.id))"))
        } catch let error as AWSError where error.isNotFound {}
        return true
    }
}
