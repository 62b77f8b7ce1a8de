import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Looks whether IAM knows the cluster as an issuer of identities, where pods are known by those.
///
/// https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
struct IssuerCheck: Sendable {
    let context: DriverContext

    func problems(_ role: Resource) async throws -> [Diagnostic] {
        guard let trust = role.manifest.value("spec", "trust"), trust.string == "irsa",
            let issuer = context.cluster.issuer?.split(separator: "//").last
        else { return [] }
        let arn = "arn:\(context.partition.id):iam::\(context.identity.account):oidc-provider/\(issuer)"
        return try await CloudPreflight.looking { () -> [Diagnostic] in
            do {
                _ = try await context.api.query(.iam, "GetOpenIDConnectProvider", [("OpenIDConnectProviderArn", arn)])
                return []
            } catch let error as AWSError where error.isNotFound {
                return [
                    Diagnostic(
                        .error, .issuer, "IAM does not know the cluster's service accounts", at: trust.location,
                        why: "the account has no identity provider for \(issuer)",
                        fix: "make one: `eksctl utils associate-iam-oidc-provider --cluster \(context.cluster.name)"
                            + " --approve`, or set `providers.aws.identity: pod-identity`")
                ]
            }
        } ?? []
    }
}

extension Diagnostic.Code {
    static let issuer = Self("aws.no-identity-provider", .failed)
}
