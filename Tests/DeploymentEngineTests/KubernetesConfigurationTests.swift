import Diagnostics
import Documents
import ServiceModel
import Testing

/// Values that would make objects which Kubernetes refuses are found in the configuration.
@Suite struct KubernetesConfigurationTests {
    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.0", "10.0.0/8", "10.0.0.0/08", "10.0.0.0/8/8", "example.com/8", "fd00::/129", "/8", "",
    ])
    func rangesOfAddressesAreChecked(range: String) {
        let service = ServiceCase(name: "ranges").setting("networking.ingress.controller_addresses=['\(range)']")
        #expect(throws: DiagnosticReport.self) { try service.spec() }
    }

    @Test(arguments: ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "fd00::/8"])
    func rangesOfAddressesReachTheNetworkPolicy(range: String) throws {
        let service = ServiceCase(name: "ranges").setting("networking.ingress.controller_addresses=['\(range)']")
        let callers = try service.rendered().object("NetworkPolicy")["spec"]?["ingress"]?.sequence?.first?["from"]
        #expect(callers?.sequence?.last == ["ipBlock": ["cidr": .string(range)]])
    }

    @Test(arguments: ["PORT", "SYNTHDATA_CONFIG", "SYNTHDATA_DATA_DIR"])
    func variablesOfTheDeploymentItselfCannotBeSet(name: String) {
        let service = ServiceCase(name: "variables").setting("deployment.env=[{name: \(name), value: x}]")
        #expect(throws: DiagnosticReport.self) { try service.spec() }
    }

    @Test(arguments: [
        "deployment.labels={team: 'data science'}", "deployment.labels={team: -data}", "deployment.labels={'a b': x}",
        "deployment.labels={a/b/c: x}", "deployment.labels={Example.com/team: x}", "deployment.labels={'/team': x}",
        "deployment.labels={team: \(String(repeating: "x", count: 64))}", "deployment.annotations={'a b': x}",
        "scheduling.node_selector={disk: 'very fast'}", "storage.mount_path=/tmp", "health.readiness.period=0s",
        "deployment.rollout.progress_deadline=0",
    ])
    func whatKubernetesRefusesIsRefused(assignment: String) {
        let service = ServiceCase(name: "refused").setting(assignment)
        #expect(throws: DiagnosticReport.self) { try service.spec() }
    }

    @Test(arguments: [
        "deployment.labels={example.com/team: Data_science.2}", "deployment.labels={empty: ''}",
        "deployment.annotations={example.com/note: 'any text: at all'}", "scheduling.node_selector={disk: ssd}",
    ])
    func whatKubernetesAcceptsIsAccepted(assignment: String) throws {
        _ = try ServiceCase(name: "accepted").setting(assignment).spec()
    }

    @Test func aServiceNamedWithADigitFirstIsForOtherProviders() throws {
        var service = ServiceCase(name: "digit", environment: .development)
        service.serviceName = "3d-scans"
        #expect(throws: DiagnosticReport.self) { try service.spec() }
        service.provider = .local
        #expect(try service.spec().service.name.value == "3d-scans")
    }
}
