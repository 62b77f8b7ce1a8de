import Cryptography
package import ServiceModel

/// The names of a service's cloud resources, where the configuration gives them none.
///
/// Each is unique where its cloud wants it to be: it ends in ten digits of the SHA-256 of the place that it is for. Who
/// derives it again finds what was made before.
package struct CloudNames: Sendable {
    private let provider: ProviderKind
    private let service: ServiceIdentity
    /// Region and cluster; nil where the configuration does not say both.
    private let cluster: String?

    package init(_ provider: ProviderKind, _ service: ServiceIdentity, region: String?, cluster: String?) {
        self.provider = provider
        self.service = service
        self.cluster = region.flatMap { region in cluster.map { "\(region)/\($0)" } }
    }

    // MARK: Unique in the cluster

    /// - EKS: 63 letters, digits, `-` and `_`. https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    /// - GKE: 40 of a label. https://cloud.google.com/kubernetes-engine/docs/how-to/node-pools
    /// - AKS: 12 lower-case letters and digits. https://learn.microsoft.com/azure/aks/create-node-pools
    package var nodePool: String {
        let hash = Self.hash("\(service)")
        return switch provider {
        case .gcp: Self.joined("synthdata", service, hash, most: 40)
        case .azure: "sd\(hash)"
        default: Self.joined("synthdata", service, hash, most: 63)
        }
    }

    // MARK: Unique in the account

    /// The identity of the service's pods; nil where region or cluster are not known.
    ///
    /// - IAM roles: 64 characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    /// - Google's service accounts: 6 to 30. https://cloud.google.com/iam/docs/service-accounts-create
    /// - Azure's user-assigned identities: 3 to 128.
    package var identity: String? {
        place.map {
            provider == .gcp
                ? Self.joined("sd", service, Self.hash($0), most: 30)
                : Self.joined("synthdata", service, Self.hash($0), most: 64)
        }
    }

    /// The role of the nodes at AWS.
    package var nodeRole: String? {
        place.map { Self.joined("synthdata-node", service, Self.hash($0), most: 64) }
    }

    // MARK: Unique in the world

    /// What a bucket's name begins with: the hash of `account/` and ``place`` follows.
    ///
    /// - S3, Google Cloud Storage: 3 to 63 characters of a label.
    ///   https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    /// - Azure's storage accounts: 3 to 24 lower-case letters and digits.
    ///   https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
    package var bucketPrefix: String {
        if provider == .azure { return "sd" + service.name.value.filter { $0 != "-" }.prefix(12) }
        return Self.joined("synthdata", service, "", most: 63 - Self.hashLength)
    }

    /// `region/cluster/namespace/service`
    package var place: String? { cluster.map { "\($0)/\(service)" } }

    package func bucket(account: String) -> String? {
        place.map { bucketPrefix + Self.hash("\(account)/\($0)") }
    }

    private static let hashLength = 10

    private static func hash(_ text: String) -> String {
        String(SHA256Digest.hexadecimal(of: Array(text.utf8)).prefix(hashLength))
    }

    /// `first-service-hash`, the service as far as there is room for it.
    private static func joined(_ first: String, _ service: ServiceIdentity, _ hash: String, most: Int) -> String {
        var name = service.name.value.prefix(most - first.utf8.count - hash.utf8.count - 2)
        while name.hasSuffix("-") { name.removeLast() }
        return "\(first)-\(name)-\(hash)"
    }
}
