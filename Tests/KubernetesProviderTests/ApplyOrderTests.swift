import ControlPlane
import DeploymentEngine
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import Testing

/// In which order objects are written, and how many at once.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ApplyOrderTests {
    /// Counts the objects that are being written at one moment.
    private final class Crowd: HTTPClient {
        private struct Counts {
            var now = 0
            var most = 0
        }

        private let base: any HTTPClient
        private let counts = Mutex(Counts())

        init(_ base: any HTTPClient) { self.base = base }

        var most: Int { counts.withLock(\.most) }

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            guard request.method == .patch, request.url.path.contains("/configmaps/crowd-") else {
                return try await base.send(request)
            }
            counts.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            defer { counts.withLock { $0.now -= 1 } }
            // Long enough for all that may go at once to have begun.
            try? await Task.sleep(for: .milliseconds(200))
            return try await base.send(request)
        }

        func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
            try await base.stream(request)
        }
    }

    @Test func independentObjectsAreWrittenAtOnceUpToABound() async throws {
        try await TestNamespace.with { namespace in
            let release = try Layers("").release(namespace) { resources in
                resources.stopPods()
                resources += (0..<40).compactMap { number in
                    Resource(manifest: [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": "crowd-\(number)", "namespace": .string(namespace.name)],
                    ])
                }
            }
            let crowd = Mutex<Crowd?>(nil)
            let (provider, _) = namespace.provider(by: { client in
                let counting = Crowd(client)
                crowd.withLock { $0 = counting }
                return counting
            })
            try await namespace.deploy(release, with: provider)
            #expect(crowd.withLock { $0?.most } == 16)
        }
    }

    /// Which of the kinds need those before them.
    private static let order = [
        ["namespaces"], ["serviceaccounts", "roles", "configmaps", "services", "networkpolicies"], ["rolebindings"],
        ["deployments"], ["horizontalpodautoscalers", "ingresses"],
    ]

    @Test func whatOthersNeedIsThereBeforeThem() async throws {
        try await TestNamespace.with { namespace in
            let layer = """
                networking: {ingress: {enabled: true, class: null}}
                scaling: {enabled: true, min_replicas: 1, max_replicas: 3, target_cpu: 70%}
                security: {rbac: {enabled: true}, network_policies: {enabled: true}}

                """
            let release = try Layers(layer).release(namespace) { resources in
                // The order in which they stand counts for nothing.
                resources.reverse()
            }
            // What comes first is slow: who does not wait for it overtakes it.
            let (provider, traffic) = namespace.provider(TestNamespace.patientLimits, by: { Slow(base: $0) })
            try await namespace.deploy(release, with: provider)
            let records = ["synthdata-inventory", "synthdata-release"]
            let written = traffic.sent.filter { $0.isWrite && $0.method == .patch }.map(\.path).filter { path in
                !records.contains { path.contains($0) }
            }
            let stages = written.compactMap { path in
                Self.order.firstIndex { kinds in kinds.contains { path.contains("/\($0)/demo") } }
            }
            #expect(stages == stages.sorted(), "\(written)")
            #expect(Set(stages).isSuperset(of: 1..<Self.order.count), "\(written)")
        }
    }

    private struct Slow: HTTPClient {
        let base: any HTTPClient

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            if request.method == .patch, ["/configmaps/", "/roles/"].contains(where: request.url.path.contains) {
                try? await Task.sleep(for: .milliseconds(300))
            }
            return try await base.send(request)
        }

        func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponseStream {
            try await base.stream(request)
        }
    }
}
