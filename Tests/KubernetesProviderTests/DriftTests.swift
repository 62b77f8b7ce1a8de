import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// What others do to a service, and how it is found and taken back.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct DriftTests {
    private static let layer = """
        deployment:
          env:
            - name: LOG_LEVEL
              value: info
            - name: API_TOKEN
              value: swordfish
        """

    private func release(_ namespace: TestNamespace, _ layer: String = layer) throws -> Release {
        try Layers(layer).release(namespace) { $0.stopPods() }
    }

    @Test func aServiceAsDeployedHasNone() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(
                release(namespace, Self.layer + "\nsecurity: {rbac: {enabled: true}, pod_security: {enabled: true}}"))
            #expect(try await namespace.drift() == [])
        }
    }

    /// The server gives an autoscaler's metrics back in an order of its own.
    @Test func theOrderOfMetricsIsNone() async throws {
        try await TestNamespace.with { namespace in
            let scaling = "scaling: {enabled: true, max_replicas: 4, target_cpu: 70%, target_memory: 80%}\n"
            try await namespace.deploy(release(namespace, scaling))
            #expect(try await namespace.drift() == [])
        }
    }

    @Test func tellsWhoChangedWhichFieldAndTheLineBehindIt() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([["name": "LOG_LEVEL", "value": "debug"]], image: "example.com/other:2")
            let fields = try await namespace.fields()
            let image = try #require(fields.first { $0.path.description.hasSuffix("image") })
            #expect(image.live?.string == "example.com/other:2")
            #expect(image.author?.manager == "kubectl-edit")
            #expect(image.author?.time?.hasSuffix("Z") == true)
            let level = try #require(fields.first { $0.path.description.hasSuffix("env[3].value") })
            #expect(level.deployed?.string == "info" && level.live?.string == "debug")
            #expect(level.deployed?.location.short == "service.yaml:4:14")
            #expect(fields.count == 2)
        }
    }

    @Test func hidesWhatLooksLikeASecret() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([
                ["name": "API_TOKEN", "value": "tunafish"], ["name": "OTHER_SECRET", "value": "catfish"],
            ])
            let fields = try await namespace.fields()
            #expect(fields.count == 2)
            let text = fields.map { "\($0)" }.joined()
            #expect(!text.contains("fish"), "\(text)")
            #expect(fields[0].live?.string?.hasPrefix("<redacted ") == true)
            #expect(fields[0].live != fields[1].live)
        }
    }

    @Test func revertingTakesBackWhatOthersChangedAndAdded() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([
                ["name": "LOG_LEVEL", "value": "debug"], ["name": "ADDED", "value": "1"],
                ["name": "ADDED_TOKEN", "value": "2"],
            ])
            try await namespace.apply(
                "kubectl-label", .configMap, "demo-config", ["metadata": ["labels": ["who": "me"]]])
            let drift = try #require(try await namespace.deployer().drift(of: namespace.service()))
            #expect(drift.objects.map(\.resource.kind) == ["ConfigMap", "Deployment"])
            _ = try await namespace.revert(drift)
            #expect(try await namespace.drift() == [])
            #expect(try await namespace.history() == "1 superseded, 2 deployed")
        }
    }

    @Test func doesNotRemoveWhatChangedSinceItWasFound() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([["name": "ADDED", "value": "1"]])
            let drift = try #require(try await namespace.deployer().drift(of: namespace.service()))
            try await namespace.edit([["name": "ADDED", "value": "2"]])
            _ = try await namespace.revert(drift)
            #expect(try await namespace.fields().map { $0.live?["value"] } == ["2"])
        }
    }

    @Test func leavesOutWhatIsIgnoredAndKeepsItThroughARevert() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([["name": "LOG_LEVEL", "value": "debug"]], image: "example.com/other:2")
            let all = try #require(try await namespace.deployer().drift(of: namespace.service()))
            let counted = all.leavingOut { $1?.path.description.hasSuffix("image") == true }
            #expect(counted.objects.flatMap(\.fields).count == 1)
            _ = try await namespace.revert(counted, keeping: all)
            #expect(try await namespace.fields().map { $0.live } == ["example.com/other:2"])
        }
    }

    @Test func tellsOfObjectsThatAreGoneOrAnothersByNow() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            for (type, name) in [(TestNamespace.service, "demo"), (.configMap, "demo-config")] {
                _ = try await namespace.api.delete(type, namespace: namespace.name, name: name, uid: nil)
            }
            try await namespace.apply("helm", .configMap, "demo-config", ["data": ["service.json": "{}"]])
            let objects = try #require(try await namespace.deployer().drift(of: namespace.service())).objects
            #expect(objects.map { "\($0.kind) \($0.resource.kind)" } == ["recreated ConfigMap", "missing Service"])
            #expect(objects[0].author?.manager == "helm")
            #expect(objects[0].fields.contains { $0.path.description == "data.service\\.json" })
        }
    }

    @Test func whatAnAutoscalerDecidesIsNone() async throws {
        try await TestNamespace.with { namespace in
            let scaled = "scaling: {enabled: true, min_replicas: 1, max_replicas: 3}"
            try await namespace.deploy(Layers(scaled).release(namespace))
            try await namespace.apply("kube-controller-manager", .deployment, "demo", ["spec": ["replicas": 3]])
            #expect(try await namespace.drift() == [])
        }
    }

    @Test func whatAnotherAutoscalerDecidesIsNone() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.apply("somebody", .deployment, "demo", ["spec": ["replicas": 1]])
            #expect(try await namespace.drift() == ["spec.replicas"])
            try await namespace.apply(
                "somebody", TestNamespace.autoscaler, "mine",
                [
                    "spec": [
                        "minReplicas": 1, "maxReplicas": 2,
                        "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "demo"],
                    ]
                ])
            #expect(try await namespace.drift() == [])
        }
    }

    @Test func aNumberOfReplicasThatWasScaledToIsNone() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Layers("").release(namespace))
            var options = Deployer.Options()
            options.timeout = TimeSpan(seconds: 60)
            _ = try await namespace.deployer().scale(namespace.service(), to: 2, options: options) { _ in }
            #expect(try await namespace.drift() == [])
            try await namespace.apply("kubectl-edit", .deployment, "demo", ["spec": ["replicas": 3]])
            #expect(try await namespace.fields().first?.deployed?.integer == 2)
        }
    }

    @Test func itselfChangesNothing() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            try await namespace.edit([["name": "LOG_LEVEL", "value": "debug"]])
            let (provider, traffic) = namespace.provider()
            _ = try await namespace.deployer(provider).drift(of: namespace.service())
            #expect(traffic.writes.isEmpty)
        }
    }
}

extension TestNamespace {
    /// As another program does it: the fields become its own.
    func apply(_ manager: String, _ type: ResourceType, _ name: String, _ fields: Node) async throws {
        var manifest = fields
        manifest.merge([
            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind),
            "metadata": ["name": .string(name), "namespace": .string(self.name)],
        ])
        _ = try await api.apply(type, manifest, .init(takesOwnership: true, manager: manager))
    }

    func edit(_ env: [Node], image: Node? = nil) async throws {
        var container: Node = ["name": "workload", "env": .sequence(env)]
        if let image { container.merge(["image": image]) }
        try await apply(
            "kubectl-edit", .deployment, "demo",
            ["spec": ["template": ["spec": ["containers": .sequence([container])]]]])
    }

    func fields() async throws -> [FieldDrift] {
        try #require(try await deployer().drift(of: service())).objects.flatMap(\.fields)
    }

    /// The paths of fields, and the kinds of objects that are gone.
    func drift() async throws -> [String] {
        let objects = try #require(try await deployer().drift(of: service())).objects
        return objects.flatMap { $0.fields.isEmpty ? [$0.resource.kind] : $0.fields.map(\.path.description) }
    }

    func revert(_ drift: ServiceDrift, keeping all: ServiceDrift? = nil) async throws -> DeploymentResult {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 60)
        let ownership = FieldOwnership(revertingTo: drift.objects, of: (all ?? drift).objects)
        return try await deployer(provider(ownership: ownership).provider).revert(service(), options: options) { _ in }
    }
}
