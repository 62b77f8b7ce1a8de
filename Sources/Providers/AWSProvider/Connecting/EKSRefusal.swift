import Diagnostics
import HTTPTransport
import KubernetesClient
import ServiceModel

/// Says what it means when a cluster of EKS does not know an identity that AWS does.
struct EKSRefusal: HTTPClient {
    let base: any HTTPClient
    let cluster: EKSCluster
    let identity: CallerIdentity
    let location: SourceLocation

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await base.send(request)
        try check(response.status, request)
        return response
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        let response = try await base.stream(request)
        try check(response.status, request)
        return response
    }

    private func check(_ status: Int, _ request: HTTPRequest) throws(HTTPError) {
        guard status == 401 else { return }
        let problem = Diagnostic(
            .error, .unauthorized, "the cluster `\(cluster.name)` does not know this identity", at: location,
            why: "\(identity.arn) has no access entry there",
            fix: "let an administrator make one: `aws eks create-access-entry --cluster-name \(cluster.name)"
                + " --principal-arn ARN` and associate a policy with it")
        throw HTTPError(.noCredentials(problem), request, mayHaveReachedServer: true)
    }
}
