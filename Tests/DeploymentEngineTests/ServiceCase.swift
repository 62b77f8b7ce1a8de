import ConfigurationManager
import DeploymentEngine
import Diagnostics
import Documents
import Profiles
import ServiceModel
import Templates
import Testing

/// A service as a person would ask for it with flags, rendered with the built-in profiles and templates.
struct ServiceCase: CustomTestStringConvertible {
    /// What the case is called, not the service.
    let name: String
    var serviceName = "demo"
    var dataType = DataType.tabular
    var provider = ProviderKind.onprem
    var environment = DeploymentEnvironment.production
    /// `PATH=VALUE`, as `--set` takes them.
    var assignments: [String] = []

    var testDescription: String { name }

    func setting(_ assignments: String...) -> Self {
        var changed = self
        changed.assignments += assignments
        return changed
    }

    func spec() throws -> DeploymentSpec {
        var request = ConfigurationRequest()
        request.name = .init(serviceName, flag: "--name")
        request.dataType = .init(dataType, flag: "--type")
        request.provider = .init(provider, flag: "--provider")
        request.environment = .init(environment, flag: "--environment")
        request.assignments = try assignments.map { try .init(parsing: $0, flag: "--set") }
        var loader = try ConfigurationLoader(
            profiles: DocumentTree(name: "profiles", embedded: BuiltInProfiles.files), request: request)
        let declaration = try #require(loader.declarations.first)
        return DeploymentSpec(try loader.configuration(of: declaration))
    }

    /// The objects of its cluster, without what stands around that at a cloud.
    func rendered() throws -> RenderedService {
        let spec = try spec()
        var renderer = ResourceRenderer(
            templates: DocumentTree(name: "templates", embedded: BuiltInTemplates.files))
        let resources = try renderer.resources(for: spec).filter { !$0.identity.isCloud }
        return RenderedService(name: name, spec: spec, resources: resources)
    }
}

extension ServiceCase {
    /// Every data type at every provider with Kubernetes in every environment.
    static let combinations: [ServiceCase] = DataType.allCases.flatMap { type in
        ProviderKind.allCases.filter(\.isKubernetes).flatMap { provider in
            DeploymentEnvironment.allCases.map { environment in
                ServiceCase(
                    name: "\(type.rawValue)-\(provider.rawValue)-\(environment.rawValue)", dataType: type,
                    provider: provider, environment: environment)
            }
        }
    }

    static let minimal = ServiceCase(
        name: "everything-off", dataType: .image,
        assignments: [
            "deployment.replicas=1", "deployment.topology_spread.enabled=false", "resources.gpu=null",
            "storage.enabled=false",
            "networking.ingress.enabled=false", "networking.bandwidth=null", "scaling.enabled=false",
            "health.readiness.path=null", "health.liveness.path=null", "monitoring.prometheus.enabled=false",
            "security.rbac.enabled=false", "security.network_policies.enabled=false",
            "security.pod_security.enabled=false", "security.secrets=[]",
        ])

    static let maximal = ServiceCase(
        name: "everything-on", dataType: .video,
        assignments: [
            "deployment.image=registry.example.com/team/video:2.1", "deployment.image_pull_secrets=[registry]",
            "deployment.annotations={example.com/team: data}", "deployment.labels={cost-centre: '42'}",
            """
            deployment.env=[{name: LOG_LEVEL, value: debug}, {name: EMPTY, value: ''},
              {name: TOKEN, secret: {name: credentials, key: token}}]
            """,
            "resources.ephemeral_storage=10Gi", "resources.limits={cpu: 20, memory: 80Gi}",
            "networking.bandwidth=2.5Gbps", "networking.ingress.tls_secret=wildcard",
            "scaling.target_memory=80%", "scaling.min_replicas=2",
            "scheduling.node_selector={disk: ssd}", "scheduling.priority_class=batch",
            "scheduling.runtime_class=nvidia",
            "security.network_policies.allow_from_namespaces=[reports, training]",
            "security.secrets=[{name: database.credentials}, {name: licence, optional: true}]",
            "workload.command=[/usr/bin/generate, '--verbose']",
        ])

    static let variants: [ServiceCase] = [
        minimal, maximal,
        ServiceCase(
            name: "one-volume-one-node",
            assignments: [
                "storage.access_mode=ReadWriteOnce", "deployment.replicas=1", "scaling.enabled=false",
            ]),
        ServiceCase(name: "load-balancer", assignments: ["networking.service_type=LoadBalancer"]),
        ServiceCase(
            name: "long-version",
            assignments: [
                "deployment.version=_\(String(repeating: "x", count: 62))-\(String(repeating: "y", count: 20))"
            ]),
        ServiceCase(
            name: "unset-optional-values", provider: .aws,
            assignments: [
                "deployment.rollout.progress_deadline=null", "deployment.history_limit=null",
                "deployment.disruption.max_unavailable=null", "deployment.labels=null", "storage.storage_class=null",
                "networking.service_type=null", "networking.ingress.class=null", "networking.ingress.annotations=null",
                "networking.ingress.path=null", "scaling.target_cpu=null", "scaling.target_memory=null",
                "scaling.scale_up_stabilization=null", "health.readiness.timeout=null",
                "monitoring.prometheus.namespace=null", "security.pod_security.run_as_user=null",
            ]),
    ]
}
