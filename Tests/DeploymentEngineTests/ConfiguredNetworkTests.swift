import Diagnostics
import Documents
import Testing

/// Values of the configuration that would make objects which Kubernetes refuses, or two variables of one name.
@Suite struct ConfiguredNetworkTests {
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
}
