import ControlPlane
import Diagnostics
import Documents
import KubernetesClient
import TestSupport
import Testing

/// Somebody who may do nothing but what the printed Role says, in the namespace of the test alone.
extension ClusterSandbox {
    private static func type(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(
            group: "rbac.authorization.k8s.io", version: "v1", kind: kind, plural: plural, isNamespaced: true)
    }

    /// Gives the user `restricted` the Role that `render --rights` prints, less some kinds.
    func giveRights(less: Set<String> = []) async throws {
        let printed = try await configured("render", ["--rights", "--subject", "user:restricted"])
        try #require(printed.code == 0, "\(printed.error)")
        for document in try YAMLParser.parse(printed.output, file: SourceFile("rights")) {
            switch document["kind"]?.string {
            case "Role":
                var role = document.mapping ?? Mapping()
                let rules = role["rules"]?.sequence ?? []
                role["rules"] = .sequence(
                    rules.filter { Set($0["resources"]?.sequence?.compactMap(\.string) ?? []).isDisjoint(with: less) })
                _ = try await api.apply(Self.type("Role", "roles"), .mapping(role), .init(takesOwnership: true))
            case "RoleBinding":
                _ = try await api.apply(Self.type("RoleBinding", "rolebindings"), document)
            default: break  // Rights in the cluster would be those of all tests.
            }
        }
        try await rightsAreKnown()
    }

    /// The server's authorizer gets to know of rights a moment later.
    private func rightsAreKnown() async throws {
        let access = try ClusterAccess.find(kubeconfig: plane.kubeconfigs.restricted, context: nil, environment: [:])
        let (client, server) = try ClusterConnection.client(for: access, environment: [:], isTerminal: false)
        let restricted = KubernetesAPI(client, server: server)
        let question: Node = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": [
                "resourceAttributes": [
                    "verb": "get", "group": "coordination.k8s.io", "resource": "leases",
                    "namespace": .string(namespace),
                ]
            ],
        ]
        try await TestSupport.eventually {
            try await restricted.review("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", question)
                .value("status", "allowed")?.bool == true
        }
    }

    /// As the user with few rights.
    func restricted(_ arguments: String...) async throws -> Finished {
        try await run(arguments, kubeconfig: plane.kubeconfigs.restricted)
    }

    /// The same until it comes out as wanted.
    func eventually(
        _ run: () async throws -> Finished, until isDone: (Finished) -> Bool
    ) async throws -> Finished {
        let end = ContinuousClock.now + .seconds(120)
        var finished = try await run()
        while !isDone(finished), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(200))
            finished = try await run()
        }
        return finished
    }
}

extension ClusterSandbox {
    /// A copy of the administrator's kubeconfig with one more context, of the same user.
    func kubeconfig(addingContext name: String, server: String) throws -> String {
        let file = "\(sandbox.path)/work/contexts.kubeconfig"
        var config = try Finished.parsed(try adminKubeconfig()).mapping ?? Mapping()
        func add(_ item: Node, to key: String) {
            config[key] = .sequence((config[key]?.sequence ?? []) + [item])
        }
        let user = config["users"]?.sequence?.first?["name"] ?? .null
        add(["name": .string(name), "cluster": ["server": .string(server)]], to: "clusters")
        add(["name": .string(name), "context": ["cluster": .string(name), "user": user]], to: "contexts")
        try sandbox.write(JSONEmitter.emit(.mapping(config)), to: "contexts.kubeconfig")
        return file
    }

    func adminKubeconfig() throws -> String {
        String(decoding: try FileBytes.read(path: plane.kubeconfigs.admin, maximumSize: 1 << 20), as: UTF8.self)
    }
}
