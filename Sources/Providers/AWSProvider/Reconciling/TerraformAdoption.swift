import AWSClient
import Documents
import ServiceModel
import TerraformClient

/// Finds what Terraform is about to make and is there already, as after a run that was killed before it had written it
/// down. The module's variable `adopt` has it taken over.
///
/// Only what has the service's own tags is taken: a name can be somebody else's.
struct TerraformAdoption: Sendable {
    let context: DriverContext
    /// Whether a deployment by Terraform was begun and not ended: then a bucket without any tags is what it has left.
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
            guard let question = Question(creation), let owner = owner(question.kind),
                let live = try await question.kind.driver(context).live(question.wanted, of: owner),
                ResourceOwnership.isOurs(live, owner, isUnfinished: isUnfinished)
            else { return nil }
            return (question.key, question.id(live, context.cluster.name))
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

        /// As Terraform's import takes it.
        func id(_ live: LiveResource, _ cluster: String) -> String {
            switch kind {
            case .role, .nodeRole: wanted["roleName"]?.string ?? ""
            case .logGroup: wanted["logGroupName"]?.string ?? ""
            case .nodeGroup: "\(cluster):\(live.id)"
            case .podIdentityAssociation: "\(cluster),\(live.id)"
            case .bucket, .distribution: live.id
            }
        }
    }
}
