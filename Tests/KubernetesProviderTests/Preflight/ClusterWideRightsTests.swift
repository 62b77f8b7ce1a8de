import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// Rights on kinds of the whole cluster, which a Role of a namespace cannot give.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterWideRightsTests {
    /// With an object of the whole cluster.
    private static func release(_ namespace: TestNamespace) throws -> Release {
        try Layers("").release(namespace) { resources in
            resources.stopPods()
            let text = """
                apiVersion: scheduling.k8s.io/v1
                kind: PriorityClass
                metadata: {name: "\(namespace.name)"}
                value: 1000
                """
            let manifest = try YAMLParser.parseOne(text, file: SourceFile("templates/priority-class.yaml"))
            resources.append(try #require(Resource(manifest: manifest)))
        }
    }

    private static func rights(_ kind: String, _ namespace: TestNamespace, user: String, on resource: String) -> [Node]
    {
        let name = Node.string("rights-\(namespace.name)")
        let metadata: Node =
            kind == "Role" ? ["name": name, "namespace": .string(namespace.name)] : ["name": name]
        let version: Node = "rbac.authorization.k8s.io/v1"
        return [
            [
                "apiVersion": version, "kind": .string(kind), "metadata": metadata,
                "rules": [["apiGroups": ["*"], "resources": [.string(resource)], "verbs": ["*"]]],
            ],
            [
                "apiVersion": version, "kind": .string("\(kind)Binding"), "metadata": metadata,
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": name],
                "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]],
            ],
        ]
    }

    @Test func aRoleOfTheNamespaceDoesNotGiveThem() async throws {
        try await TestNamespace.with { namespace in
            let user = "user-of-\(namespace.name)"
            let (provider, traffic) = namespace.provider(by: { Impersonating(base: $0, user: user) })
            try await namespace.making(Self.rights("Role", namespace, user: user, on: "*")) {
                // Until the authorizer knows the Role, more is missing.
                try await eventually {
                    let problems = try await namespace.problems {
                        try await namespace.deploy(Self.release(namespace), with: provider)
                    }
                    return problems.count == 1
                        && problems[0].why == "missing: priorityclasses.scheduling.k8s.io: create, get, patch"
                        && problems[0].fix?.contains("# in a ClusterRole") == true
                }
                #expect(traffic.writes.isEmpty, "\(traffic.writes)")
            }
        }
    }

    @Test func aClusterRoleGivesThem() async throws {
        try await TestNamespace.with { namespace in
            let user = "user-of-\(namespace.name)"
            let (provider, _) = namespace.provider(by: { Impersonating(base: $0, user: user) })
            let rights =
                Self.rights("Role", namespace, user: user, on: "*")
                + Self.rights("ClusterRole", namespace, user: user, on: "priorityclasses")
            try await namespace.making(rights) {
                let release = try Self.release(namespace)
                try await eventually {
                    try await namespace.problems { try await namespace.deploy(release, with: provider) }.isEmpty
                }
                _ = try await namespace.deployer(provider).destroy(release.service, options: .init()) { _ in }
            }
        }
    }
}
