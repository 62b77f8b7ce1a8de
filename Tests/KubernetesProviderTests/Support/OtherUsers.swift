import Documents
import HTTPTransport
import ServiceModel

@testable import KubernetesClient

/// Speaks to the server as another user, whom no other test knows.
///
/// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
struct Impersonating: HTTPClient {
    let base: any HTTPClient
    let user: String

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await base.send(impersonated(request))
    }

    func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
        try await base.stream(impersonated(request))
    }

    private func impersonated(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.headers["Impersonate-User"] = user
        return request
    }
}

extension TestNamespace {
    /// Changes an object as `kubectl edit` does: the fields become those of another manager, who applies nothing.
    func edit(_ type: ResourceType, _ name: String, _ patch: Node, as manager: String = "kubectl-edit") async throws {
        var request = api.request(
            .patch, type.path(namespace: self.name, name: name), [("fieldManager", manager)])
        request.headers["Content-Type"] = "application/merge-patch+json"
        request.body = JSONEmitter.bytes(of: patch)
        _ = try await api.send(request)
    }

    /// Makes an object of the whole cluster, and removes it after `body`.
    func making(_ objects: [Node], _ body: () async throws -> Void) async throws {
        var made: [(ResourceType, String)] = []
        let outcome: Result<Void, any Error>
        do {
            for object in objects {
                guard let identity = Resource(manifest: object)?.identity,
                    let type = try await discovery.type(apiVersion: identity.apiVersion, kind: identity.kind)
                else { continue }
                _ = try await api.create(type, namespace: identity.namespace, object)
                made.append((type, identity.name))
            }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        for (type, name) in made { _ = try? await api.delete(type, namespace: self.name, name: name, uid: nil) }
        try outcome.get()
    }
}
