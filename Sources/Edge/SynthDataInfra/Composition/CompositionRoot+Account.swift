import AWSProvider
import Diagnostics
import ServiceModel

extension CompositionRoot {
    /// The account of AWS that the credentials are of.
    ///
    /// - Throws: ``Diagnostic`` where there are none, or where there is no such cluster.
    func account(at place: CloudPlace) async throws -> String? {
        guard let provider = try provider(.aws, at: place) as? AWSProvider else { return nil }
        return try await provider.account()
    }
}
