import AWSClient
import Documents
import ServiceModel
import TerraformClient

/// Finds what Terraform is about to make and is there already: made without it, or by a run that was killed before it
/// had written it down. The module's variable `adopt` has it taken over.
///
/// Only what has the service's own tags is taken: a name can be somebody else's.
struct TerraformAdoption: Sendable {
    let context: DriverContext
    /// Whether a deployment was begun and not ended: then a bucket without any tags is what it has left.
    let isUnfinished: Bool
    /// The service's own, as the module has them.
    private let tags: Node?

    init(_ context: DriverContext, module: Node, isUnfinished: Bool) {
        self.context = context
        self.isUnfinished = isUnfinished
        tags = module.value("provider", "aws", "default_tags", "tags")
    }

    /// - Returns: values of the variable: ids by the names that the templates have for them.
    func found(among creations: [TerraformPlan.Creation]) async throws -> [String: String] {
        let found = try await creations.concurrentMap(atOnce: 8) { creation -> (key: String, id: String)? in
            if creation.address == "aws_cloudfront_origin_access_control.cdn" {
                // It has no tags; its name is the place's own.
                let name = creation.after["name"]?.string ?? ""
                return try await DistributionDriver(context: context).findAccessControl(name).map { ("cdn_access", $0) }
            }
            guard let question = Question(creation), let owner = owner(question.kind),
                let live = try await question.kind.driver(context).live(question.wanted, of: owner),
                ResourceOwnership.isOurs(live, owner, isUnfinished: isUnfinished)
            else { return nil }
            return (question.key, question.kind.importID(live, context.cluster.name))
        }
        return Dictionary(found.compactMap { $0.map { ($0.key, $0.id) } }) { first, _ in first }
    }

    /// Something that has the service's tags.
    private func owner(_ kind: CloudKind) -> Resource? {
        tags.flatMap { tags in
            Resource(manifest: [
                "apiVersion": "aws.synthdata.io/v1", "kind": .string(kind.rawValue), "metadata": ["name": "owner"],
                "spec": ["tags": tags],
            ])
        }
    }

    /// How one resource is looked for, by the names of `templates/terraform/aws`.
    private struct Question {
        let key: String
        let kind: CloudKind
        let wanted: Node

        init?(_ creation: TerraformPlan.Creation) {
            func value(_ key: String) -> Node { creation.after[key] ?? "" }
            switch creation.address {
            case "aws_s3_bucket.data": (key, kind, wanted) = ("bucket", .bucket, ["name": value("bucket")])
            case "aws_iam_role.service": (key, kind, wanted) = ("role", .role, ["roleName": value("name")])
            case "aws_iam_role.node": (key, kind, wanted) = ("node_role", .nodeRole, ["roleName": value("name")])
            case "aws_cloudwatch_log_group.service":
                (key, kind, wanted) = ("log_group", .logGroup, ["logGroupName": value("name")])
            case "aws_eks_node_group.pool":
                (key, kind, wanted) = ("node_pool", .nodeGroup, ["nodegroupName": value("node_group_name")])
            case "aws_eks_pod_identity_association.service":
                (key, kind) = ("association", .podIdentityAssociation)
                wanted = ["namespace": value("namespace"), "serviceAccount": value("service_account")]
            case "aws_cloudfront_distribution.cdn":
                (key, kind, wanted) = ("cdn", .distribution, ["comment": value("comment")])
            default: return nil
            }
        }
    }
}

extension CloudKind {
    /// As Terraform's import takes it.
    fileprivate func importID(_ live: LiveResource, _ cluster: String) -> String {
        switch self {
        case .nodeGroup: "\(cluster):\(live.id)"
        case .podIdentityAssociation: "\(cluster),\(live.id)"
        case .logGroup: live.spec["logGroupName"]?.string ?? ""
        case .bucket, .distribution, .role, .nodeRole: live.id
        }
    }

    /// What Terraform knows it by: type and id.
    func terraformID(_ live: LiveResource, _ cluster: String) -> String {
        switch self {
        case .nodeGroup: "aws_eks_node_group/\(cluster):\(live.id)"
        case .podIdentityAssociation: "aws_eks_pod_identity_association/\(live.id)"
        case .bucket: "aws_s3_bucket/\(live.id)"
        case .distribution: "aws_cloudfront_distribution/\(live.id)"
        case .role, .nodeRole: "aws_iam_role/\(live.id)"
        case .logGroup: "aws_cloudwatch_log_group/\(live.spec["logGroupName"]?.string ?? "")"
        }
    }
}
