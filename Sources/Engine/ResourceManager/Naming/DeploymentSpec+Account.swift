package import Diagnostics
import Documents
package import ServiceModel

extension DeploymentSpec {
    /// The same service, known to be in `account`: names that follow from it can be derived.
    ///
    /// What the configuration says stays: whoever finds another account there tells so.
    ///
    /// - Parameters:
    ///   - account: what the cloud says that the credentials are for: an account, a project or a subscription.
    ///   - location: what told it, for problems and origins.
    package func inAccount(_ account: String, at location: SourceLocation = .unknown) -> DeploymentSpec {
        guard provider.isCloud else { return self }
        let key = provider == .aws ? "account" : provider == .gcp ? "project" : "subscription"
        guard settings.value("providers", provider.rawValue, key) == nil else { return self }
        var settings = settings
        settings.merge(["providers": [provider.rawValue: [key: .string(account, at: location)]]])
        return DeploymentSpec(
            service: service, dataType: dataType, provider: provider, environment: environment, version: version,
            replicas: replicas, image: image, gpu: gpu, scaling: scaling, settings: settings)
    }
}
