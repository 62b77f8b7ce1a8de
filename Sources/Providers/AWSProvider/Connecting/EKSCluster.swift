import AWSClient
import Diagnostics
import Documents
import FoundationEssentials
import HTTPTransport
import ServiceModel

/// A cluster of Amazon EKS, as the service tells of it.
///
/// https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
package struct EKSCluster: Sendable {
    package let name: String
    package let arn: String
    package let endpoint: String
    /// PEM.
    let authorities: [UInt8]
    package let version: String
    package let subnets: [String]
    /// `https://oidc.eks.…/id/…`; nil where it has none.
    package let issuer: String?

    /// - Throws: ``Diagnostic`` at the line that names it, where there is none or it cannot be used yet.
    static func find(_ place: CloudPlace, _ api: AWSAPI) async throws -> EKSCluster {
        let name = try place.required("cluster")
        do {
            let path = "/clusters/\(AWSCall.segment(name))"
            let answer = try await api.send(AWSCall(.eks, "DescribeCluster", .get, path)).json()
            return try EKSCluster(answer["cluster"] ?? .null, place)
        } catch let error as AWSError where error.isNotFound {
            throw try await missing(name, place, api)
        }
    }

    private init(_ cluster: Node, _ place: CloudPlace) throws(Diagnostic) {
        let name = cluster["name"]?.string ?? ""
        guard let endpoint = cluster["endpoint"]?.string, !endpoint.isEmpty,
            let data = cluster.value("certificateAuthority", "data")?.string, let pem = Data(base64Encoded: data)
        else {
            let status = cluster["status"]?.string ?? "UNKNOWN"
            throw Diagnostic(
                .error, .cluster, "the cluster `\(name)` cannot be used: it is \(status)",
                at: place.location(of: "cluster"),
                fix: status == "CREATING" ? "wait until it is ACTIVE" : "look at it in the EKS console")
        }
        self.name = name
        self.endpoint = endpoint
        authorities = Array(pem)
        arn = cluster["arn"]?.string ?? ""
        version = cluster["version"]?.string ?? ""
        subnets = (cluster.value("resourcesVpcConfig", "subnetIds")?.sequence ?? []).compactMap(\.string)
        issuer = cluster.value("identity", "oidc", "issuer")?.string
    }

    private static func missing(_ name: String, _ place: CloudPlace, _ api: AWSAPI) async throws -> Diagnostic {
        let all: [String] =
            (try? await Pages.all { token -> (items: [String], next: String?) in
                let call = AWSCall(
                    .eks, "ListClusters", .get, "/clusters", query: token.map { [("nextToken", $0)] } ?? [])
                let page = try await api.send(call).json()
                return ((page["clusters"]?.sequence ?? []).compactMap(\.string), page["nextToken"]?.string)
            }) ?? []
        let near = NearestName.find(name, among: all)
        return Diagnostic(
            .error, .cluster, "there is no EKS cluster `\(name)` in \(api.region)",
            at: place.location(of: "cluster"),
            why: all.isEmpty ? "this account has none there" : "there are: \(all.prefix(10).joined(separator: ", "))",
            fix: near.map { "did you mean `\($0)`?" } ?? "set providers.aws.cluster and providers.aws.region")
    }
}

extension CloudPlace {
    /// - Throws: ``Diagnostic`` that names the key.
    func required(_ key: String) throws(Diagnostic) -> String {
        if let value = self[key], !value.isEmpty { return value }
        throw Diagnostic(
            .error, .cluster, "`providers.\(provider.rawValue).\(key)` is not set", at: settings.location,
            why: "nothing says which cluster is meant",
            fix:
                "set it in a layer, such as the project's providers/\(provider.rawValue).yaml; commands that read no file of a"
                + " service take it as --cluster")
    }
}

extension Diagnostic.Code {
    static let cluster = Self("aws.cluster", .failed)
}
