import AWSClient
import Diagnostics
import FoundationEssentials
import HTTPTransport
import KubernetesClient

/// The bearer token by which EKS knows an identity: an address of STS that tells who signed it.
///
/// https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html#_using_tokens
enum EKSToken {
    private static let prefix = "k8s-aws-v1."
    /// For how long an address may be used first; EKS then takes it for 15 minutes.
    private static let addressLife = 60
    private static let life = 14.0 * 60

    static func source(of cluster: String, _ api: AWSAPI, now: @escaping @Sendable () -> Double) -> MintedToken {
        MintedToken { () async throws(Diagnostic) in
            let call = AWSCall(
                .sts, "GetCallerIdentity", .get, "/",
                query: [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")],
                headers: ["x-k8s-aws-id": cluster])
            let time = now()
            do {
                let address = try await api.presigned(call, for: addressLife)
                return (Redacted(prefix + encoded(address)), time + life)
            } catch let problem as Diagnostic {
                throw problem
            } catch {
                throw Diagnostic(.error, .credential, "no token can be made for `\(cluster)`", why: "\(error)")
            }
        }
    }

    /// Base64 with the alphabet of URLs, without padding (RFC 4648, section 5).
    private static func encoded(_ address: HTTPURL) -> String {
        String(
            Data(address.description.utf8).base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}
