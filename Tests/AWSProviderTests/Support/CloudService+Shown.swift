import AWSProvider
import DeploymentEngine
import ServiceModel
import Synchronization
import Testing

extension CloudService {
    private final class Shown: Sendable {
        let plan = Mutex<Plan?>(nil)

        var report: @Sendable (DeploymentEvent) -> Void {
            { [self] event in
                if case .planned(let told) = event { plan.withLock { $0 = told } }
            }
        }
    }

    /// Deploys with one plan.
    ///
    /// - Returns: the plan as it was shown before it was applied.
    func deployShowing(
        _ layer: String, with provider: AWSProvider, atMost effect: Effect = .rolling
    ) async throws -> Plan {
        let shown = Shown()
        var options = options()
        options.maximumEffect = effect
        _ = try await deployer(provider).deploy(release(layer), options: options, report: shown.report)
        return try #require(shown.plan.withLock { $0 })
    }

    /// Scales with one plan.
    ///
    /// - Returns: the plan as it was shown before it was applied.
    func scaleShowing(to replicas: Int, with provider: AWSProvider) async throws -> Plan {
        let shown = Shown()
        _ = try await deployer(provider).scale(identity, to: replicas, options: options(), report: shown.report)
        return try #require(shown.plan.withLock { $0 })
    }
}
