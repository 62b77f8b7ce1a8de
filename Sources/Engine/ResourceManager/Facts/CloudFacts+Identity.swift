import Documents
import ServiceModel

/// Who the service's pods are at their cloud, and what they may read there.
extension CloudFacts {
    var identity: Node {
        guard let enabled = settings.value("security", "cloud_identity", "enabled"), enabled.bool == true else {
            return .null
        }
        let name = names.identity.map { Node.string($0, at: enabled.location) } ?? .null
        let annotation = annotation(name)
        return .mapping(
            Mapping(uniqueEntries: [
                .init("type", type), .init("role_name", name),
                .init("service_account", .string(spec.service.name.value)),
                .init("annotations", annotation.map { .mapping(Mapping(uniqueEntries: [$0])) } ?? .null),
                .init("pod_labels", podLabels), .init("pod_annotations", podAnnotations(name)), .init("egress", egress),
            ]))
    }

    private var type: Node {
        switch spec.provider {
        case .aws: setting("identity") ?? "pod-identity"
        default: "workload-identity"
        }
    }

    /// What the service account says of the identity, as far as it is known before the identity is made.
    ///
    /// - https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    /// - https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
    /// - https://learn.microsoft.com/azure/aks/workload-identity-overview
    private func annotation(_ name: Node) -> Mapping.Entry? {
        switch spec.provider {
        case .aws:
            guard type.string == "irsa", let account, let id = account.string, let role = name.string else {
                return nil
            }
            return .init(
                "eks.amazonaws.com/role-arn",
                .string("arn:\(partition):iam::\(id):role/\(role)", at: account.location))
        case .gcp:
            guard let account, let project = account.string, let email = name.string else { return nil }
            return .init(
                "iam.gke.io/gcp-service-account",
                .string("\(email)@\(project).iam.gserviceaccount.com", at: account.location))
        default:
            return setting("identity_client_id").map { .init("azure.workload.identity/client-id", $0) }
        }
    }

    private var podLabels: Node {
        guard spec.provider == .azure, let client = setting("identity_client_id") else { return .null }
        return .mapping(
            Mapping(uniqueEntries: [.init("azure.workload.identity/use", .string("true", at: client.location))]))
    }

    /// Pods of EKS get their credentials when they are made: those from before have to be made anew.
    private func podAnnotations(_ name: Node) -> Node {
        guard spec.provider == .aws, let role = name.string, let type = type.string else { return .null }
        return .mapping(
            Mapping(uniqueEntries: [
                .init("synthdata.io/cloud-identity", .string("\(type)/\(role)", at: name.location))
            ]))
    }

    /// Where pods get their credentials from, on their own node: nothing else there may be reached.
    ///
    /// - https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
    /// - https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity
    private var egress: Node {
        switch spec.provider {
        case .aws where type.string == "pod-identity": [["address": "169.254.170.23/32", "port": 80]]
        case .gcp:
            [["address": "169.254.169.252/32", "port": 988], ["address": "169.254.169.254/32", "port": 80]]
        default: []
        }
    }

    /// Secrets of the cloud that the identity may read.
    var secrets: Node {
        settings.value("security", "cloud_secrets") ?? .sequence([])
    }
}
