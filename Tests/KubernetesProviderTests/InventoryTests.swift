import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import Testing

/// What belongs to a service, and what a deployment never touches.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct InventoryTests {
    private static let ingress = "networking: {ingress: {enabled: true, class: null}}\n"

    private func release(_ namespace: TestNamespace, _ layer: String = "", name: String = "demo") throws -> Release {
        try Layers(layer).release(namespace, name: name) { $0.stopPods() }
    }

    @Test func prunesWhatTheServiceNoLongerHasAndNothingElse() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace, Self.ingress))
            try await namespace.deploy(release(namespace, Self.ingress, name: "other"))
            // Made by hand, with the labels of the service.
            let labels = try await namespace.live(TestNamespace.ingress, "demo")?.value("metadata", "labels")
            var byHand = try #require(try await namespace.live(TestNamespace.ingress, "demo"))
            byHand = [
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": ["name": "by-hand", "labels": labels ?? [:]], "spec": byHand["spec"] ?? [:],
            ]
            _ = try await namespace.api.create(TestNamespace.ingress, namespace: namespace.name, byHand)
            let result = try await namespace.deploy(release(namespace))
            #expect(result.changed)
            let left = try await namespace.api.list(Selection(TestNamespace.ingress, namespace: namespace.name)).items
            #expect(left.map(\.objectName).sorted() == ["by-hand", "other"])
        }
    }

    @Test func refusesAnObjectThatSomebodyElseMade() async throws {
        try await TestNamespace.with { namespace in
            let foreign: Node = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "demo-config"], "data": ["mine": "yes"],
            ]
            _ = try await namespace.api.create(.configMap, namespace: namespace.name, foreign)
            let problem = try await namespace.problem(of: release(namespace))
            #expect(problem.code.name == "kubernetes.not-ours")
            #expect(try await namespace.live(.configMap, "demo-config")?["data"] == ["mine": "yes"])
            #expect(try await namespace.history() == "")
        }
    }

    /// It was listed, and its deployment ended before it was made.
    @Test func refusesAnObjectThatSomebodyElseMadeFaster() async throws {
        try await TestNamespace.with { namespace in
            let (provider, traffic) = namespace.provider(cut: .before(4))
            await #expect(throws: (any Error).self) { try await namespace.deploy(release(namespace), with: provider) }
            #expect(traffic.isCut)
            try await namespace.holderIsGone()
            #expect(try await namespace.inventory().contains { $0["name"]?.string == "demo-config" })
            let foreign: Node = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "demo-config"]]
            _ = try await namespace.api.create(.configMap, namespace: namespace.name, foreign)
            #expect(try await namespace.problem(of: release(namespace)).code.name == "kubernetes.not-ours")
        }
    }

    @Test func makesAgainWhatWasDeletedByHand() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            let old = try await namespace.live(TestNamespace.service, "demo")?.objectUID
            _ = try await namespace.api.delete(
                TestNamespace.service, namespace: namespace.name, name: "demo", uid: nil)
            #expect(try await namespace.deploy(release(namespace)).changed)
            let new = try await namespace.live(TestNamespace.service, "demo")?.objectUID
            #expect(new != nil && new != old)
            #expect(try await namespace.inventory().contains { $0["uid"]?.string == new })
        }
    }

    @Test func doesNotDeleteAnotherObjectOfTheName() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace, Self.ingress))
            let live = try #require(try await namespace.live(TestNamespace.ingress, "demo"))
            _ = try await namespace.api.delete(
                TestNamespace.ingress, namespace: namespace.name, name: "demo", uid: nil)
            let another: Node = [
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "demo"],
                "spec": live["spec"] ?? [:],
            ]
            _ = try await namespace.api.create(TestNamespace.ingress, namespace: namespace.name, another)
            try await namespace.deploy(release(namespace, "deployment: {annotations: {a: b}}\n"))
            #expect(try await namespace.live(TestNamespace.ingress, "demo") != nil)
            // It is not the service's, and no longer listed as if it were.
            #expect(try await !namespace.inventory().contains { $0["kind"]?.string == "Ingress" })
        }
    }

    /// When somebody else puts another object of the name in the place of one that is about to go.
    enum Moment: String, Sendable, CaseIterable {
        case afterItWasPlanned
        case afterItWasLookedAt

        func isBefore(_ request: Traffic.Sent) -> Bool {
            switch self {
            case .afterItWasPlanned: request.isWrite && request.path.contains("/synthdata-release.demo.v2")
            case .afterItWasLookedAt: request.method == .delete && request.path.hasSuffix("/ingresses/demo")
            }
        }
    }

    @Test(arguments: Moment.allCases)
    func doesNotDeleteWhatTookThePlaceMeanwhile(moment: Moment) async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace, Self.ingress))
            let live = try #require(try await namespace.live(TestNamespace.ingress, "demo"))
            let another: Node = [
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "demo"],
                "spec": live["spec"] ?? [:],
            ]
            let isSwapped = Mutex(false)
            let (provider, _) = namespace.provider(meanwhile: { request in
                let isNow = isSwapped.withLock { isSwapped in
                    defer { isSwapped = isSwapped || moment.isBefore(request) }
                    return !isSwapped && moment.isBefore(request)
                }
                guard isNow else { return }
                _ = try? await namespace.api.delete(
                    TestNamespace.ingress, namespace: namespace.name, name: "demo", uid: nil)
                _ = try? await namespace.api.create(TestNamespace.ingress, namespace: namespace.name, another)
            })
            try await namespace.deploy(release(namespace), with: provider)
            let wasSwapped = isSwapped.withLock(\.self)
            #expect(wasSwapped)
            let left = try await namespace.live(TestNamespace.ingress, "demo")
            #expect(left != nil && left?.objectUID != live.objectUID)
        }
    }

    @Test func doesNotReplaceWhatTookThePlaceMeanwhile() async throws {
        try await TestNamespace.with { namespace in
            func fixed(_ turn: String) throws -> Release {
                try Layers("").release(namespace) { resources in
                    resources.stopPods()
                    for index in resources.indices where resources[index].identity.kind == "ConfigMap" {
                        resources[index].manifest.merge(["immutable": true, "data": ["turn": .string(turn)]])
                    }
                }
            }
            try await namespace.deploy(fixed("a"))
            let foreign: Node = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "demo-config"], "data": ["mine": "yes"],
            ]
            let isSwapped = Mutex(false)
            let (provider, _) = namespace.provider(meanwhile: { request in
                guard Moment.afterItWasPlanned.isBefore(request), !isSwapped.withLock(\.self) else { return }
                isSwapped.withLock { $0 = true }
                _ = try? await namespace.api.delete(
                    .configMap, namespace: namespace.name, name: "demo-config", uid: nil)
                _ = try? await namespace.api.create(.configMap, namespace: namespace.name, foreign)
            })
            var options = Deployer.Options()
            options.maximumEffect = .replace
            let problem = await #expect(throws: Diagnostic.self) {
                _ = try await namespace.deployer(provider).deploy(fixed("b"), options: options) { _ in }
            }
            #expect(problem?.code.name == "kubernetes.not-ours")
            #expect(try await namespace.live(.configMap, "demo-config")?["data"] == ["mine": "yes"])
        }
    }

    @Test func anAutoscalerTakesOverTheNumberOfReplicasThatThereAre() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Layers("deployment: {replicas: 2}\n").release(namespace))
            try await namespace.deploy(
                Layers("scaling: {enabled: true, min_replicas: 1, max_replicas: 5}\n").release(namespace))
            #expect(try await namespace.live(.deployment, "demo")?.value("spec", "replicas")?.integer == 2)
        }
    }

    /// A controller that is gone for good may never let go of what it marked.
    @Test func tellsWhoKeepsWhatIsDeleted() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            var config = try #require(try await namespace.live(.configMap, "demo-config"))
            config.merge(["metadata": ["finalizers": ["example.com/audit"]]])
            _ = try await namespace.api.replace(.configMap, config)
            var options = Deployer.Options()
            options.timeout = TimeSpan(seconds: 5)
            let problem = try await #require(throws: Diagnostic.self) {
                _ = try await namespace.deployer().destroy(namespace.service(), options: options) { _ in }
            }
            #expect(problem.code == .timedOut)
            #expect(problem.why?.contains("`example.com/audit`") == true)
            options.timeout = TimeSpan(seconds: 60)
            config = try #require(try await namespace.live(.configMap, "demo-config"))
            config.merge(["metadata": ["finalizers": .sequence([])]])
            _ = try await namespace.api.replace(.configMap, config)
            _ = try await namespace.deployer().destroy(namespace.service(), options: options) { _ in }
            #expect(try await namespace.live(.deployment, "demo") == nil)
            #expect(try await namespace.history() == "")
        }
    }

    @Test func keepsClaimsUntilTheirDataMayGo() async throws {
        try await TestNamespace.with { namespace in
            let claim = TestNamespace.claim
            let storage = "storage: {enabled: true, size: 1Gi, storage_class: standard, access_mode: ReadWriteOnce}\n"
            try await namespace.deploy(release(namespace, storage))
            try await namespace.deploy(release(namespace))
            #expect(try await namespace.live(claim, "demo-data") != nil)
            let kept = try await namespace.deployer().destroy(namespace.service(), options: .init()) { _ in }
            #expect(kept.leftovers == ["PersistentVolumeClaim/\(namespace.name)/demo-data"])
            #expect(try await namespace.live(claim, "demo-data") != nil)
            #expect(try await namespace.live(.deployment, "demo") == nil)
            var options = Deployer.Options()
            options.deleteData = true
            let gone = try await namespace.deployer().destroy(namespace.service(), options: options) { _ in }
            #expect(gone.leftovers.isEmpty)
            #expect(try await namespace.live(claim, "demo-data") == nil)
            #expect(try await namespace.live(.configMap, "synthdata-inventory.demo") == nil)
        }
    }

    @Test func storageIsSwitchedOnAndOffForAServiceThatStands() async throws {
        try await TestNamespace.with { namespace in
            let storage = "storage: {enabled: true, size: 1Gi, storage_class: standard, access_mode: ReadWriteOnce}\n"
            for layer in ["", storage, "", storage] {
                try await namespace.deploy(release(namespace, layer))
                let volumes =
                    try await namespace.live(.deployment, "demo")?
                    .value("spec", "template", "spec", "volumes")?.sequence ?? []
                #expect(volumes.contains { $0["persistentVolumeClaim"] != nil } == (layer == storage))
            }
        }
    }

    @Test func aLostInventoryIsMadeAgainAsTheSameRevision() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            let before = try await namespace.inventory()
            _ = try await namespace.api.delete(
                .configMap, namespace: namespace.name, name: "synthdata-inventory.demo", uid: nil)
            #expect(try await namespace.deploy(release(namespace)).revision == 1)
            let names = { (items: [Node]) in items.map { $0["uid"]?.string ?? "" }.sorted() }
            #expect(try await names(namespace.inventory()) == names(before))
            #expect(try await namespace.history() == "1 deployed")
        }
    }

    /// Fields that only a failed release had do not stay behind.
    @Test func takesBackWhatAFailedReleaseAdded() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(release(namespace))
            let doomed = try Layers(
                "deployment: {image: \"registry.example.com/demo:typo\", annotations: {added: by-the-doomed}}\n"
            ).release(namespace)
            await #expect(throws: Diagnostic.self) { try await namespace.deploy(doomed) }
            #expect(try await namespace.deploy(release(namespace)).changed)
            let live = try await namespace.live(.deployment, "demo")
            #expect(live?.value("spec", "template", "metadata", "annotations", "added") == nil)
        }
    }
}

extension TestNamespace {
    func live(_ type: ResourceType, _ name: String) async throws -> Node? {
        try await api.get(type, namespace: self.name, name: name)
    }

    func inventory() async throws -> [Node] {
        let text = try await live(.configMap, "synthdata-inventory.demo")?.value("data", "inventory.json")?.string
        return try JSONParser.parse(text ?? "[]", file: .unknown).sequence ?? []
    }
}
