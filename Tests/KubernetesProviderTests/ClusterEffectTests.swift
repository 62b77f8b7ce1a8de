import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Testing

/// What changes do to what runs, and how far they may go.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct ClusterEffectTests {
    private static let claim = ResourceType(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", isNamespaced: true)

    /// - Parameter shard: of the labels by which the Deployment finds its pods, which cannot be changed.
    private static func release(
        _ namespace: TestNamespace, _ layer: String = "", shard: String = "a", more: [Node] = []
    ) throws -> Release {
        try Layers(layer).release(namespace) { resources in
            resources.stopPods()
            for index in resources.indices where resources[index].identity.kind == "Deployment" {
                resources[index].manifest.merge([
                    "spec": [
                        "selector": ["matchLabels": ["shard": .string(shard)]],
                        "template": ["metadata": ["labels": ["shard": .string(shard)]]],
                    ]
                ])
            }
            resources += more.compactMap(Resource.init)
        }
    }

    private static func storage(_ namespace: TestNamespace, mode: String) -> Node {
        [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": ["name": "records", "namespace": .string(namespace.name)],
            "spec": [
                "accessModes": [.string(mode)], "storageClassName": "standard",
                "resources": ["requests": ["storage": "1Gi"]],
            ],
        ]
    }

    private static func deploy(
        _ release: Release, _ namespace: TestNamespace, most: Effect = .rolling
    ) async throws -> [Diagnostic] {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 60)
        options.maximumEffect = most
        return try await namespace.problems {
            _ = try await namespace.deployer().deploy(release, options: options) { _ in }
        }
    }

    private static func change(of kind: String, _ release: Release, _ namespace: TestNamespace) async throws -> Change {
        let plan = try await namespace.deployer().plan(release, options: .init())
        return try #require(plan.changes.first { $0.resource.kind == kind })
    }

    @Test func whatCannotBeChangedWhereItStandsIsReplacedWhereThatIsAllowed() async throws {
        try await TestNamespace.with { namespace in
            #expect(try await Self.deploy(Self.release(namespace), namespace).isEmpty)
            let before = try await namespace.live(.deployment, "demo")?.objectUID
            let other = try Self.release(namespace, shard: "b")
            let change = try await Self.change(of: "Deployment", other, namespace)
            #expect(change.action == .replace && change.effect == .replace)
            #expect(change.reason == "a field cannot be changed where it stands")
            #expect(
                change.fields.contains { $0.path.description == "spec.selector.matchLabels.shard" && $0.new == "b" })

            let refused = try await Self.deploy(other, namespace)
            #expect(refused.map(\.code.name) == ["plan.effect"])
            #expect(refused.first?.what == "Deployment/\(namespace.name)/demo would need the effect `replace`")
            #expect(refused.first?.fix == "--max-effect replace allows it")
            #expect(try await namespace.live(.deployment, "demo")?.objectUID == before)
            #expect(try await namespace.history() == "1 deployed")

            #expect(try await Self.deploy(other, namespace, most: .replace).isEmpty)
            let live = try #require(try await namespace.live(.deployment, "demo"))
            #expect(live.objectUID != before)
            #expect(live.value("spec", "selector", "matchLabels", "shard") == "b")
            #expect(try await namespace.inventory().contains { $0["uid"]?.string == live.objectUID })
            #expect(try await namespace.history() == "1 superseded, 2 deployed")
        }
    }

    @Test func dataIsLostOnlyByNameOfIt() async throws {
        try await TestNamespace.with { namespace in
            let one = try Self.release(namespace, more: [Self.storage(namespace, mode: "ReadWriteOnce")])
            let other = try Self.release(namespace, more: [Self.storage(namespace, mode: "ReadOnlyMany")])
            #expect(try await Self.deploy(one, namespace).isEmpty)
            let before = try await namespace.live(Self.claim, "records")?.objectUID
            let change = try await Self.change(of: "PersistentVolumeClaim", other, namespace)
            #expect(change.action == .replace && change.effect == .dataLoss, "\(change)")
            let refused = try await Self.deploy(other, namespace, most: .replace)
            #expect(refused.first?.fix == "--max-effect data-loss allows it", "\(refused)")
            #expect(try await namespace.live(Self.claim, "records")?.objectUID == before)
            #expect(try await Self.deploy(other, namespace, most: .dataLoss).isEmpty)
            #expect(try await namespace.live(Self.claim, "records")?.objectUID != before)
        }
    }

    @Test func whatIsRemovedSaysWhatItTakesAlong() async throws {
        try await TestNamespace.with { namespace in
            let all = try Self.release(
                namespace, "networking: {ingress: {enabled: true, class: null}}\n",
                more: [Self.storage(namespace, mode: "ReadWriteOnce")])
            #expect(try await Self.deploy(all, namespace).isEmpty)
            var nothing = all
            nothing.resources = []
            let provider = namespace.provider().provider
            func effects(deleteData: Bool) async throws -> [String: Effect] {
                let changes = try await provider.plan(nothing, deleteData: deleteData).changes
                return Dictionary(changes.map { ($0.resource.kind, $0.effect) }, uniquingKeysWith: max)
            }
            let kept = try await effects(deleteData: false)
            #expect(kept["PersistentVolumeClaim"] == nil)
            #expect(kept["Deployment"] == .replace)
            #expect(kept["Ingress"] == .inPlace)
            #expect(try await effects(deleteData: true)["PersistentVolumeClaim"] == .dataLoss)
        }
    }

    /// A change that restarts nothing passes where nothing may restart, and names the field and its line.
    @Test func whatChangesWhereItStandsRestartsNothing() async throws {
        try await TestNamespace.with { namespace in
            #expect(try await Self.deploy(Self.release(namespace), namespace).isEmpty)
            let other = try Self.release(namespace, "networking: {port: 9000}\n")
            let change = try await Self.change(of: "Service", other, namespace)
            #expect(change.action == .update && change.effect == .inPlace)
            let fields = change.fields.filter { $0.path.description == "spec.ports[0].port" }
            #expect(fields.map(\.old) == [8080] && fields.map(\.new) == [9000])
            #expect(fields.first?.new?.location.short == "service.yaml:1:20")
        }
    }
}
