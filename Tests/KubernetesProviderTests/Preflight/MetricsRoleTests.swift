import Documents
import ServiceModel
import Testing

@testable import KubernetesProvider

/// The rights to ask a Prometheus of the cluster, which is not where the services are.
@Suite struct MetricsRoleTests {
    private static func release(_ namespace: String, prometheus url: String?) throws -> Release {
        let annotations: Node = url.map { ["synthdata.io/prometheus-url": .string($0)] } ?? [:]
        let workload = Resource(
            manifest: [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "demo", "namespace": .string(namespace), "annotations": annotations],
            ])
        return Release(
            service: ServiceIdentity(name: try ServiceName("demo"), namespace: namespace), dataType: .image,
            provider: .onprem, environment: .production, version: "1", reason: "deploy",
            resources: [workload].compactMap(\.self))
    }

    private static func printed(_ releases: [Release], for subject: MinimalRole.Subject = .standard) -> [Node] {
        MinimalRole(for: releases, subject: subject).resources.map(\.manifest)
            .filter { $0.value("metadata", "name")?.string == "synthdata-infra-metrics" }
    }

    @Test func itIsOneServerAndNothingElse() throws {
        let url = "http://prometheus.monitoring.svc:9090/base"
        let roles = Self.printed(try ["a", "b"].map { try Self.release($0, prometheus: url) })
        #expect(roles.map { $0["kind"]?.string } == ["Role", "RoleBinding"])
        #expect(roles.allSatisfy { $0.value("metadata", "namespace")?.string == "monitoring" })
        #expect(
            roles.first?["rules"] == [
                [
                    "apiGroups": [""], "resources": ["services/proxy"],
                    "resourceNames": ["http:prometheus:9090"], "verbs": ["get"],
                ]
            ])
        #expect(roles.last?.value("roleRef", "name")?.string == "synthdata-infra-metrics")
        // Whoever deploys either of them asks it.
        #expect(roles.last?["subjects"]?.sequence?.map { $0["namespace"]?.string } == ["a", "b"])
    }

    @Test(arguments: [nil, "https://prometheus.example.com", "not an address"])
    func elsewhereNoRightIsNeeded(_ url: String?) throws {
        #expect(Self.printed([try Self.release("a", prometheus: url)]).isEmpty)
    }

    /// What `status` and `scale --to` ask of, and whether an autoscaler decides.
    @Test(arguments: [
        ("pods/proxy", "", "get"), ("pods", "metrics.k8s.io", "list"),
        ("horizontalpodautoscalers", "autoscaling", "list"),
    ])
    func theNamespaceHasTheRightsToMeasure(resource: String, group: String, verb: String) throws {
        let role = MinimalRole(for: [try Self.release("a", prometheus: nil)]).resources.first?.manifest
        let rule = role?["rules"]?.sequence?.first {
            $0["resources"] == [.string(resource)] && $0["apiGroups"] == [.string(group)]
        }
        #expect(rule?["verbs"]?.sequence?.contains(.string(verb)) == true)
    }
}
