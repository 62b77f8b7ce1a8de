import ControlPlane
import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import ServiceModel
import Testing

@testable import KubernetesProvider

/// Whose fields are, where all want the same value.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct TakenOwnershipTests {
    private static let image = "spec.template.spec.containers[0].image"

    private static func release(_ namespace: TestNamespace, image: String = "1") throws -> Release {
        try Layers("deployment: {image: 'registry.example.com/demo:\(image)'}\n").release(namespace) { $0.stopPods() }
    }

    /// Who has set the image.
    private static func managers(_ namespace: TestNamespace) async throws -> [String] {
        let live = try #require(try await namespace.live(.deployment, "demo"))
        let entries = live.value("metadata", "managedFields")?.sequence ?? []
        return entries.filter { entry in
            entry.value("fieldsV1", "f:spec", "f:template", "f:spec", "f:containers")?.mapping?.entries
                .contains { $0.value["f:image"] != nil } == true
        }.compactMap { $0["manager"]?.string }.sorted()
    }

    private static func taking(_ namespace: TestNamespace) throws -> (provider: KubernetesProvider, traffic: Traffic) {
        let choice = try FieldOwnership.Choice(image, flag: "--take-ownership")
        return namespace.provider(ownership: FieldOwnership(taken: [choice]))
    }

    /// - Parameter applies: whether the other one applies, or edits.
    @Test(arguments: [true, false])
    func aFieldOfTheSameValueBecomesOurs(applies: Bool) async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            for image: Node in ["registry.example.com/demo:theirs", "registry.example.com/demo:1"] {
                let fields: Node = [
                    "spec": ["template": ["spec": ["containers": [["name": "workload", "image": image]]]]]
                ]
                if applies {
                    try await namespace.apply("incident-bot", .deployment, "demo", fields)
                } else {
                    try await namespace.setImage(image)
                }
            }
            #expect(try await Self.managers(namespace) == ["incident-bot"])
            #expect(try await !namespace.deploy(Self.release(namespace)).changed)

            let (provider, _) = try Self.taking(namespace)
            let plan = try await namespace.deployer(provider).plan(Self.release(namespace), options: .init())
            let change = try #require(plan.changes.first { $0.resource.kind == "Deployment" })
            #expect(change.action == .update && change.effect == .none && change.fields.isEmpty)
            #expect(change.reason == "`incident-bot` has set \(Self.image), too: it becomes yours")
            // Nothing that runs changes: it is no new release.
            let result = try await namespace.deploy(Self.release(namespace), with: provider)
            #expect(result.changed && result.revision == 1)
            #expect(try await Self.managers(namespace) == ["synthdata-infra"])
            // What else they set stays theirs, and what is ours already is not written again.
            let (again, traffic) = try Self.taking(namespace)
            #expect(try await !namespace.deploy(Self.release(namespace), with: again).changed)
            #expect(traffic.writes.isEmpty, "\(traffic.writes)")
            try await namespace.deploy(Self.release(namespace, image: "2"))
        }
    }

    @Test func whatIsSharedIsTheirsAsLongAsNobodyTakesIt() async throws {
        try await TestNamespace.with { namespace in
            try await namespace.deploy(Self.release(namespace))
            try await namespace.apply(
                "incident-bot", .deployment, "demo",
                [
                    "spec": [
                        "template": [
                            "spec": ["containers": [["name": "workload", "image": "registry.example.com/demo:1"]]]
                        ]
                    ]
                ])
            #expect(try await Self.managers(namespace) == ["incident-bot", "synthdata-infra"])
            let problem = try await namespace.problem(of: Self.release(namespace, image: "2"))
            #expect(problem.code.name == "kubernetes.conflict")
            try await namespace.deploy(Self.release(namespace), with: Self.taking(namespace).provider)
            #expect(try await Self.managers(namespace) == ["synthdata-infra"])
            try await namespace.deploy(Self.release(namespace, image: "2"))
        }
    }
}

extension TestNamespace {
    /// Edits the image, and nothing else.
    fileprivate func setImage(_ image: Node) async throws {
        let live = try #require(try await live(.deployment, "demo"))
        var containers = live.value("spec", "template", "spec", "containers")?.sequence ?? []
        containers[0].merge(["image": image])
        try await edit(
            .deployment, "demo", ["spec": ["template": ["spec": ["containers": .sequence(containers)]]]],
            as: "incident-bot")
    }
}
