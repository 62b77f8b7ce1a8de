import SynthDataInfra

/// A tabular service whose replicas have more memory than its profile gives them.
enum CustomerData {
    private static let name = "customer-data-synthesizer"
    private static let overrides: Node = ["resources": ["memory": "32Gi"]]

    static func showCloud(_ infrastructure: SyntheticDataInfrastructure) async throws {
        print(
            try infrastructure.render(
                dataType: .tabular, serviceName: name, environment: .production, replicas: 5,
                configOverrides: overrides))
        do {
            let result = try await infrastructure.deployService(
                dataType: .tabular, serviceName: name, environment: .production, replicas: 5,
                configOverrides: overrides)
            print("Deployed at: \(result.endpoint ?? "no endpoint")")
        } catch let problem as Diagnostic {
            print("Not deployed: \(problem)")
        }
    }

    /// Deploys it on this machine, scales it, and removes it with its data.
    static func runHere() async throws {
        let infrastructure = SyntheticDataInfrastructure(provider: .local)
        let result = try await infrastructure.deployService(
            dataType: .tabular, serviceName: name, configOverrides: overrides)
        print("Deployed at: \(result.endpoint ?? "no endpoint")")
        print("Monitoring: \(result.monitoringURL ?? "no metrics")")

        try await infrastructure.scale(serviceName: name, to: 2)
        for status in try await infrastructure.status(name) {
            print("\(name): \(status.state), \(status.readyReplicas) of \(status.desiredReplicas) replicas")
        }
        try await infrastructure.destroy(serviceName: name, deleteData: true)
        print("Destroyed")
    }
}
