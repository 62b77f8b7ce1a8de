import DeploymentEngine
import Diagnostics
import ServiceModel
import SynthDataInfra
import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

/// `scale --expire`: takes back what `scale --for` set, wherever its time is over.
struct ScaleExpiry {
    let provider: any Provider
    let deployer: Deployer
    let console: Console
    let format: OutputFormat?

    /// - Parameter name: nil means every service.
    func run(_ name: String?, in namespace: String?, options: Deployer.Options) async throws {
        let now = Int(time(nil))
        let scaled = try await statuses(name, in: namespace)
            .compactMap { status in status.scaleOverride.map { (service: status.service, scale: $0) } }
        let due = scaled.filter { $0.scale.isExpired(at: now) }
        let presenter = DeploymentPresenter(console, format, fleet: due.map(\.service))
        var worst = Outcome.done
        for (service, _) in due {
            do {
                let result = try await deployer.expireScale(
                    of: service, options: options, report: presenter.scaleReport(service))
                if let result { presenter.finished(service, result) }
            } catch let error where due.count > 1 && !(error is CancellationError) {
                worst = max(worst, presenter.failed(service, error))
            }
        }
        if due.isEmpty, format != .json {
            console.print("nothing has expired", to: .error)
            for (service, scale) in scaled {
                if let words = ScaleWords(scale, of: service, at: provider.kind, in: provider.place, now: now).standing
                {
                    presenter.tell(service, words)
                }
            }
        }
        presenter.end()
        if worst != .done { throw OutcomeError(outcome: worst) }
    }

    private func statuses(_ name: String?, in namespace: String?) async throws -> [ServiceStatus] {
        guard let name else { return try await provider.statuses(in: namespace, withEndpoints: false) }
        return try await provider.observe([provider.service(named: name, namespace: namespace)])
    }
}
