package import Diagnostics
import Documents
package import ServiceModel
import Synchronization

extension Deployer {
    /// A plan that is only looked at, with what would keep it from being applied.
    package struct Preview: Sendable {
        package let plan: Plan
        package let obstacles: [Diagnostic]
    }

    /// What `deploy` would do, and why it would not. Changes nothing and takes no lock.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` where it is not even known what would change.
    package func preview(_ release: Release, options: Options) async throws -> Preview {
        let obstacles = Mutex<[Diagnostic]>([])
        let provider = provider.forPreview { found in obstacles.withLock { $0 = found } }
        let plan = try await Deployer(provider: provider, holder: "", now: now).plan(release, options: options)
        return Preview(plan: plan, obstacles: obstacles.withLock(\.self))
    }
}
