import Diagnostics
package import ServiceModel

extension Deployer {
    /// The shortest time that an average is worth to be scaled by.
    private static let shortestWindow = TimeSpan(seconds: 30)

    /// How many replicas make so much, by what each makes now. Changes nothing.
    ///
    /// - Parameter measuring: how long to look, where what is known is of a shorter time than half a minute.
    /// - Throws: ``Diagnostic`` as ``ScaleEstimate``.
    package func estimate(
        _ service: ServiceIdentity, for target: Rate, measuring: Duration = .seconds(10),
        tell: (String) -> Void
    ) async throws -> ScaleEstimate {
        let current = try await provider.releases.releases(of: service).lastDeployed
        guard let current, var status = try await provider.observe([service]).first else {
            throw unknown(service)
        }
        if status.readyReplicas > 0, status.throughputWindow.map({ $0 < Self.shortestWindow }) ?? true {
            tell("measuring its throughput for \(TimeSpan(seconds: Int(measuring.components.seconds)))")
            try await Task.sleep(for: measuring)
            status = try await provider.observe([service]).first ?? status
        }
        let configured = current.scaleOverride.map(\.configured) ?? current.askedReplicas
        return try ScaleEstimate(target, status, bounds: configured)
    }
}
