import AWSClient
import AWSProvider
import Diagnostics
import HTTPTransport
import KubernetesClient
import KubernetesProvider
import ServiceModel
import Synchronization
import TerraformClient

/// The providers of the clusters at AWS that one process speaks to: made once, so that all commands and services share
/// connections and credentials.
final class AWSProviders: Sendable {
    private struct Key: Hashable {
        let place: CloudPlace
        let choice: ClusterChoice
    }

    private let made = Mutex<[Key: AWSProvider]>([:])

    /// - Parameters:
    ///   - region: that of the place.
    ///   - terraform: for services that have their resources made by it.
    ///   - cluster: makes the provider of what runs in a cluster, given how it is reached.
    /// - Throws: ``Diagnostic`` of AWS's own configuration files.
    func provider(
        _ place: CloudPlace, in region: String, _ choice: ClusterChoice, environment: [String: String],
        terraform: TerraformEngine, askMFACode: CredentialContext.MFAPrompt?,
        trace: @escaping @Sendable (String) -> Void,
        cluster: @escaping @Sendable (ClusterAccess, (any HTTPClient) -> any HTTPClient) throws -> KubernetesProvider
    ) throws -> AWSProvider {
        try made.withLock { made in
            let key = Key(place: place, choice: choice)
            if let provider = made[key] { return provider }
            let account = try AWSAccount(
                region: region, environment: environment, askMFACode: askMFACode,
                trace: choice.tellsRequests ? trace : nil)
            let provider = AWSProvider(AWSGround(place, account.api, connect: cluster), terraform: terraform)
            made[key] = provider
            return provider
        }
    }
}
