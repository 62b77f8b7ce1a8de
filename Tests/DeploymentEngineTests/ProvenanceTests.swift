import Diagnostics
import Documents
import ServiceModel
import Testing

/// A rendered value stands at the configuration line that it follows from.
@Suite struct ProvenanceTests {
    private static let container = "spec.template.spec.containers[0]"

    @Test(arguments: [
        ("Deployment", "\(container).image", "deployment.image=team/image:1"),
        ("Deployment", "\(container).resources.requests.cpu", "resources.cpu=3"),
        ("Deployment", "\(container).resources.limits.memory", "resources.memory=48Gi"),
        ("Deployment", "\(container).resources.limits.nvidia\\.com/gpu", "resources.gpu.count=2"),
        ("Deployment", "\(container).env[0].value", "networking.port=9000"),
        ("Deployment", "\(container).startupProbe.failureThreshold", "health.startup_timeout=10m"),
        ("Deployment", "\(container).readinessProbe.periodSeconds", "health.readiness.period=4s"),
        ("Deployment", "spec.template.spec.nodeSelector.nvidia\\.com/gpu\\.product", "resources.gpu.type=nvidia-l4"),
        ("Deployment", "spec.template.spec.terminationGracePeriodSeconds", "deployment.termination_grace_period=45s"),
        (
            "Deployment", "spec.template.metadata.annotations.kubernetes\\.io/egress-bandwidth",
            "networking.bandwidth=1Gbps"
        ),
        ("HorizontalPodAutoscaler", "spec.minReplicas", "deployment.replicas=4"),
        ("HorizontalPodAutoscaler", "spec.metrics[1].pods.target.averageValue", "scaling.target_gpu=50%"),
        ("PersistentVolumeClaim", "spec.resources.requests.storage", "storage.size=1Ti"),
        ("Ingress", "spec.rules[0].host", "networking.ingress.domain=example.com"),
        ("Service", "spec.ports[0].port", "networking.port=9000"),
    ])
    func aSetValueIsKnownByItsFlag(kind: String, path: String, assignment: String) throws {
        var service = ServiceCase(name: "image", dataType: .image)
        if assignment.hasPrefix("resources.gpu.type") { service = service.setting("resources.gpu.memory=24Gi") }
        let object = try service.setting(assignment).rendered().object(kind)
        let value = try #require(object[NodePath(parsing: path)])
        #expect(value.location.description == "--set \(assignment.prefix { $0 != "=" })")
    }

    @Test func aValueOfAProfileIsKnownByItsLine() throws {
        let deployment = try ServiceCase(name: "tabular", environment: .staging).setting("scaling.enabled=false")
            .rendered().object("Deployment")
        let replicas = try #require(deployment[NodePath(parsing: "spec.replicas")])
        #expect(replicas.location.description == "profiles/environments/staging.yaml:3:13")
        let cpu = try #require(deployment[NodePath(parsing: "\(Self.container).resources.requests.cpu")])
        #expect(cpu.location.description == "profiles/data-types/tabular.yaml:5:8")
    }

    @Test func aLiteralIsKnownByTheTemplatesLine() throws {
        let kind = try #require(try ServiceCase(name: "tabular").rendered().object("Deployment")["kind"])
        #expect(kind.location.file.name == "templates/kubernetes/deployment.yaml")
    }
}
