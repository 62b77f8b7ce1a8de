import ControlPlane
import Documents
import HTTPTransport
import Testing

@testable import KubernetesClient

/// Server-side apply, as Kubernetes 1.20 has it.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)")) struct ApplyTests {
    private static func deployment(_ cluster: Cluster, replicas: Int, extra: (String, Node)? = nil) -> Node {
        let spec: Node = [
            "replicas": .integer(replicas), "selector": ["matchLabels": ["app": "a"]],
            "template": [
                "metadata": ["labels": ["app": "a"]],
                "spec": ["containers": [["name": "main", "image": "registry.example/a:1"]]],
            ],
        ]
        var fields = spec.mapping ?? Mapping()
        if let (key, value) = extra { fields[key] = value }
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "a", "namespace": .string(cluster.namespace)], "spec": .mapping(fields),
        ]
    }

    @Test func aDryRunStoresNothing() async throws {
        let cluster = try await Cluster.make("apply")
        let would = try await cluster.api.apply(.configMap, cluster.configMap("a", "1"), .init(isDryRun: true))
        #expect(would["data"] == ["value": "1"])
        #expect(would.objectUID != nil)
        #expect(try await cluster.api.get(.configMap, namespace: cluster.namespace, name: "a") == nil)
    }

    @Test func whatIsNoLongerAppliedIsRemovedAndTheManagerIsOurs() async throws {
        let cluster = try await Cluster.make("apply")
        var manifest = cluster.configMap("a", "1")
        manifest = try #require(
            manifest.mapping.map { mapping in
                var mapping = mapping
                mapping["data"] = ["other": "1"]
                return .mapping(mapping)
            })
        _ = try await cluster.api.apply(.configMap, cluster.configMap("a", "1"))
        let applied = try await cluster.api.apply(.configMap, manifest)
        #expect(applied["data"] == ["other": "1"])
        let managers = (applied.value("metadata", "managedFields")?.sequence ?? []).compactMap { $0["manager"]?.string }
        #expect(managers == ["synthdata-infra"])
    }

    @Test func aConflictNamesManagerAndField() async throws {
        let cluster = try await Cluster.make("apply")
        _ = try await cluster.api.apply(.deployment, Self.deployment(cluster, replicas: 1))
        // Another manager takes the replicas.
        var scale = cluster.api.request(
            .patch, ResourceType.deployment.path(namespace: cluster.namespace, name: "a"),
            [("fieldManager", "somebody")])
        scale.headers["Content-Type"] = "application/merge-patch+json"
        scale.body = Array(#"{"spec": {"replicas": 5}}"#.utf8)
        _ = try await cluster.api.send(scale)

        let status = try #require(
            await #expect(throws: APIStatus.self) {
                try await cluster.api.apply(.deployment, Self.deployment(cluster, replicas: 2))
            })
        #expect(status.isConflict && !status.isAlreadyThere)
        #expect(status.causes.map(\.field) == [".spec.replicas"])
        #expect(status.causes.map(\.reason) == ["FieldManagerConflict"])
        #expect(status.causes.first?.message.contains(#""somebody""#) == true)
        let taken = try await cluster.api.apply(
            .deployment, Self.deployment(cluster, replicas: 2), .init(takesOwnership: true))
        #expect(taken.value("spec", "replicas")?.integer == 2)
    }

    /// Strict validation came with 1.25 (https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation);
    /// but apply itself compares with the schema, and refuses.
    @Test func aFieldThatNoSchemaHasIsRefusedByOlderServersToo() async throws {
        let cluster = try await Cluster.make("apply")
        let status = try #require(
            await #expect(throws: APIStatus.self) {
                try await cluster.api.apply(
                    .deployment, Self.deployment(cluster, replicas: 1, extra: ("replica", 2)))
            })
        #expect(status.message.contains(".spec.replica: field not declared in schema"))
    }

    @Test func onlyTheObjectThatIsMeantIsDeleted() async throws {
        let cluster = try await Cluster.make("delete")
        let made = try await cluster.api.apply(.configMap, cluster.configMap("a"))
        let (namespace, name) = (cluster.namespace, "a")
        #expect(try await !cluster.api.delete(.configMap, namespace: namespace, name: name, uid: "another"))
        #expect(try await cluster.api.get(.configMap, namespace: namespace, name: name) != nil)
        #expect(try await cluster.api.delete(.configMap, namespace: namespace, name: name, uid: made.objectUID))
        #expect(try await !cluster.api.delete(.configMap, namespace: namespace, name: name, uid: made.objectUID))
    }

    @Test func aReplacementIsOfTheObjectThatWasRead() async throws {
        let cluster = try await Cluster.make("replace")
        let read = try await cluster.api.apply(.configMap, cluster.configMap("a", "1"))
        _ = try await cluster.api.apply(.configMap, cluster.configMap("a", "2"))
        let error = await #expect(throws: APIStatus.self) { try await cluster.api.replace(.configMap, read) }
        #expect(error?.isConflict == true)
        let created = await #expect(throws: APIStatus.self) {
            try await cluster.api.create(.configMap, namespace: cluster.namespace, cluster.configMap("a"))
        }
        #expect(created?.isAlreadyThere == true)
    }
}

/// Answers of servers that are functions.
@Suite struct DeletionAnswerTests {
    @Test func aConflictThatIsNoMistakenIdentityIsTold() async throws {
        let server = FakeServer { request throws(HTTPError) in
            request.method == .get
                ? .json(["metadata": ["uid": "mine"]]) : .json(["kind": "Status", "reason": "Conflict"], status: 409)
        }
        let error = await #expect(throws: APIStatus.self) {
            try await server.api.delete(.namespace, namespace: nil, name: "a", uid: "mine")
        }
        #expect(error?.isConflict == true)
        #expect(try await !server.api.delete(.namespace, namespace: nil, name: "a", uid: "another"))
    }
}
