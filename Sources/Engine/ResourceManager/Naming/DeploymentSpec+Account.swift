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
        let value = Node.string(account, at: location)
        if let known = settings.value("providers", provider.rawValue, key), !known.isNull { return self }
        var settings = settings
        let providers = settings["providers"]
        let own = Node.mapping(
            Mapping(uniqueEntries: [.init(key, value)]), at: providers?[provider.rawValue]?.location ?? .unknown)
        let all = Node.mapping(
            Mapping(uniqueEntries: [.init(provider.rawValue, own)]), at: providers?.location ?? .unknown)
        settings.merge(.mapping(Mapping(uniqueEntries: [.init("providers", all)]), at: settings.location))
        return DeploymentSpec(
            service: service, dataType: dataType, provider: provider, environment: environment, version: version,
            replicas: replicas, image: image, gpu: gpu, scaling: scaling, settings: settings)
    }
}
