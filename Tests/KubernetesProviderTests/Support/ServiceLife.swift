import DeploymentEngine
import Diagnostics
import Documents
import KubernetesClient
import KubernetesProvider
import ServiceModel
import TestSupport
import Testing

/// Everything that becomes of a service, from its first deployment to its end.
enum LifeStep: String, Sendable, CaseIterable {
    case create
    case update
    case scale
    case rollback
    case destroy

    private static let ingress = "networking: {ingress: {enabled: true, class: null}}\n"

    /// - Throws: what the deployer throws.
    func run(in namespace: TestNamespace, by deployer: Deployer) async throws {
        var options = Deployer.Options()
        options.timeout = TimeSpan(seconds: 60)
        options.lockWait = TimeSpan(seconds: 60)
        let service = try namespace.service()
        switch self {
        case .create:
            _ = try await deployer.deploy(
                Self.release(namespace, "a", Self.ingress), options: options
            ) { _ in }
        // The Ingress goes.
        case .update: _ = try await deployer.deploy(Self.release(namespace, "b", ""), options: options) { _ in }
        case .scale: _ = try await deployer.scale(service, to: 2, options: options) { _ in }
        case .rollback:
            // Named, since a rollback that has done its work and could not say so would go back further.
            let first = try await namespace.provider().provider.releases.releases(of: service)
                .first { $0.version == "a" }?.revision
            _ = try await deployer.rollback(service, to: first, options: options) { _ in }
        case .destroy: _ = try await deployer.destroy(service, options: options) { _ in }
        }
    }

    static func release(_ namespace: TestNamespace, _ version: String, _ layer: String) throws -> Release {
        let base = try Layers("deployment: {annotations: {version: \(version)}}\n" + layer).release(namespace)
        return Release(
            service: base.service, dataType: base.dataType, provider: base.provider, environment: base.environment,
            version: version, reason: "deploy", resources: base.resources)
    }

    /// What stands after each step when nothing goes wrong.
    static let undisturbed = Task.detached {
        var after: [LifeStep: [String]] = [:]
        try await TestNamespace.with { namespace in
            _ = try await Bystanders.stand(in: namespace)
            for step in allCases {
                try await step.run(in: namespace, by: namespace.deployer())
                after[step] = try await namespace.snapshot()
            }
        }
        return after
    }
}

/// Objects that are no part of the service, though they look like it, and another service.
struct Bystanders: Sendable {
    private let namespace: TestNamespace
    private let before: [Node]

    static func stand(in namespace: TestNamespace) async throws -> Bystanders {
        let labels: Node = [
            "app.kubernetes.io/managed-by": "synthdata-infra", "app.kubernetes.io/instance": "demo",
            "synthdata.io/service": "demo",
        ]
        _ = try await namespace.api.create(
            .configMap, namespace: namespace.name,
            [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "by-hand", "labels": labels],
                "data": ["of": "others"],
            ])
        _ = try await namespace.deploy(Layers("").release(namespace, name: "other") { $0.stopPods() })
        // Until the controllers have looked at all of it, and have made a token for its account.
        try await eventually {
            let account = try await namespace.live(TestNamespace.account, "other")
            let deployment = try await namespace.live(.deployment, "other")
            let service = try await namespace.live(TestNamespace.disruption, "other")
            return account?["secrets"]?.sequence?.isEmpty == false
                && deployment?.value("status", "observedGeneration") != nil
                && (service == nil || service?.value("status", "observedGeneration") != nil)
        }
        return Bystanders(namespace: namespace, before: try await look(namespace))
    }

    /// Whether nobody has written any of them.
    func areUntouched() async throws -> Bool { try await Self.look(namespace) == before }

    private static func look(_ namespace: TestNamespace) async throws -> [Node] {
        var found: [Node] = []
        for kind in TestNamespace.kinds + [.secret] {
            found += try await namespace.api.list(Selection(kind, namespace: namespace.name)).items.filter { object in
                let name = object.objectName
                return name == "by-hand" || name == "other" || name.hasPrefix("other-") || name.contains(".other")
            }
        }
        return found.map { ["uid": $0["metadata"]?["uid"] ?? .null, "version": .string($0.resourceVersion ?? "")] }
    }
}
