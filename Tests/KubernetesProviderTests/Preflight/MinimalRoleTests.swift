import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import TestSupport
import Testing

@testable import KubernetesProvider

/// The Role that is printed, given to somebody who has no other right.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct MinimalRoleTests {
    /// Objects of every kind that the templates make.
    private static let layer = """
        networking: {ingress: {enabled: true, class: null}}
        storage: {enabled: true, access_mode: ReadWriteOnce, size: 1Gi, storage_class: standard}
        scaling: {enabled: true, min_replicas: 1, max_replicas: 3, target_cpu: 70%}
        security:
          rbac: {enabled: true}
          network_policies: {enabled: true}

        """

    private static func release(_ namespace: TestNamespace, image: String = "1") throws -> Release {
        try Layers("deployment: {image: 'registry.example.com/demo:\(image)'}\n\(layer)").release(namespace)
    }

    /// Gives the user the printed rights in the namespace, less one verb.
    ///
    /// - Parameter less: `verb resource`.
    private static func give(_ namespace: TestNamespace, less: String? = nil) async throws {
        let subject = try MinimalRole.Subject(parsing: "user:restricted", at: .unknown)
        for resource in MinimalRole(for: [try release(namespace)], subject: subject).resources {
            // Rights in the cluster would be those of all tests.
            guard resource.identity.namespace != nil else { continue }
            let type = try #require(
                try await namespace.discovery.type(
                    apiVersion: resource.identity.apiVersion, kind: resource.identity.kind))
            var manifest = resource.manifest
            if let less, resource.identity.kind == "Role" { manifest = without(less, manifest) }
            _ = try await namespace.api.apply(type, manifest)
        }
        // The server's authorizer gets to know of them a moment later.
        let (provider, _) = try await namespace.restricted()
        try await eventually {
            let review = try await provider.cluster.api.review(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                [
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                    "spec": [
                        "resourceAttributes": [
                            "verb": "get", "group": "coordination.k8s.io", "resource": "leases",
                            "namespace": .string(namespace.name),
                        ]
                    ],
                ])
            return review.value("status", "allowed")?.bool == true
        }
    }

    private static func without(_ less: String, _ role: Node) -> Node {
        let parts = less.split(separator: " ").map(String.init)
        var role = role.mapping ?? Mapping()
        role["rules"] = .sequence(
            (role["rules"]?.sequence ?? []).compactMap { rule -> Node? in
                guard rule["resources"] == [.string(parts[1])], var fields = rule.mapping else { return rule }
                let verbs = (rule["verbs"]?.sequence ?? []).filter { $0.string != parts[0] }
                fields["verbs"] = .sequence(verbs)
                return verbs.isEmpty ? nil : .mapping(fields)
            })
        return .mapping(role)
    }

    /// All that is done in the life of a service.
    private static func live(_ namespace: TestNamespace) async throws {
        let (provider, _) = try await namespace.restricted(TestNamespace.patientLimits)
        let deployer = namespace.deployer(provider)
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 60)
        options.deleteData = true
        let service = try namespace.service()
        _ = try await deployer.deploy(release(namespace), options: options) { _ in }
        _ = try await deployer.scale(service, to: 2, options: options) { _ in }
        options.replicasAreExplicit = true
        _ = try await deployer.deploy(release(namespace, image: "2"), options: options) { _ in }
        let status = try await provider.observe([service])
        try #require(status.first?.revision == 3)
        for try await _ in provider.logs(of: service, replica: nil, tail: 1, follow: false) {}
        _ = try await deployer.rollback(service, to: 1, options: options) { _ in }
        _ = try await deployer.destroy(service, options: options) { _ in }
        try #require(try await provider.releases.releases(of: service).isEmpty)
    }

    @Test func itSufficesForTheWholeLifeOfAService() async throws {
        try await TestNamespace.with { namespace in
            try await Self.give(namespace)
            try await Self.live(namespace)
            let left = try await namespace.snapshot().filter { !$0.hasPrefix("runs") }
            #expect(left.isEmpty, "\(left)")
        }
    }

    /// One verb of each kind of use; which these are is told by the server, not by this list.
    private static let used = [
        "create leases", "delete secrets", "list pods", "watch events", "patch deployments", "create ingresses",
        "delete persistentvolumeclaims", "watch configmaps", "get pods/log", "delete horizontalpodautoscalers",
        "list services", "create rolebindings",
    ]

    @Test(arguments: used) func withoutOneOfThemJustThatIsMissed(_ less: String) async throws {
        try await TestNamespace.with { namespace in
            try await Self.give(namespace, less: less)
            let problems = try await namespace.problems { try await Self.live(namespace) }
            let problem = try #require(problems.first)
            #expect(problem.code.outcome == .denied, "\(problem)")
            // Not every refusal of a server names the verb.
            let text = "\(problem)"
            for resource in Self.used.compactMap({ $0.split(separator: " ").last }) {
                if less.hasSuffix(" \(resource)") {
                    #expect(text.contains(resource), "\(text)")
                } else if !less.contains(resource) {
                    #expect(!text.contains(resource), "\(text)")
                }
            }
        }
    }
}

/// The Role that is printed, looked at.
@Suite struct MinimalRoleDocumentTests {
    @Test func rightsInTheClusterAreForLooking() throws {
        var release = Release(
            service: ServiceIdentity(name: try ServiceName("demo"), namespace: "data"), dataType: .image,
            provider: .onprem, environment: .production, version: "1", reason: "deploy", resources: [])
        release.cluster = ClusterPin(uid: "u", location: .unknown)
        let roles = MinimalRole(for: [release]).resources
        #expect(
            roles.map { "\($0.identity)" } == [
                "Role/data/synthdata-infra", "RoleBinding/data/synthdata-infra", "ClusterRole/synthdata-infra",
                "ClusterRoleBinding/synthdata-infra",
            ])
        let rules = roles[2].manifest["rules"]?.sequence ?? []
        #expect(rules.allSatisfy { $0["verbs"] == ["list"] || $0["verbs"] == ["get"] })
        #expect(rules.last?["resourceNames"] == ["kube-system"])
        #expect(
            roles[3].manifest["subjects"] == [
                ["kind": "ServiceAccount", "namespace": "data", "name": "synthdata-infra"]
            ])
    }

    @Test(arguments: ["jane", "user:", "serviceaccount:ci", "serviceaccount::ci", "robot:x"])
    func aSubjectThatIsNoneIsRefused(_ text: String) {
        #expect(throws: Diagnostic.self) { try MinimalRole.Subject(parsing: text, at: .unknown) }
    }
}
