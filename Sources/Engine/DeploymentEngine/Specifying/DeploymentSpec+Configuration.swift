package import ConfigurationManager
import Diagnostics
import Documents
package import ServiceModel

extension DeploymentSpec {
    /// Reads the typed values of a configuration that has passed its checks.
    package init(_ configuration: ServiceConfiguration) {
        let settings = configuration.settings
        let version = settings.value("deployment", "version") ?? "latest"
        let replicas = settings.value("deployment", "replicas")?.integer ?? 1
        let gpu = settings.value("resources", "gpu").flatMap(GPURequirement.init(settings:))
        self.init(
            service: configuration.service, dataType: configuration.dataType, provider: configuration.provider,
            environment: configuration.environment, version: version.string ?? "latest", replicas: replicas,
            image: ImageReference(
                image: settings.value("deployment", "image") ?? "", version: version,
                isBuiltIn: { $0.file.name.hasPrefix("profiles/") }),
            gpu: gpu, scaling: settings["scaling"].flatMap { Self.scaling($0, replicas: replicas) }, settings: settings)
    }

    private static func scaling(_ node: Node, replicas: Int) -> ScalingRange? {
        guard node["enabled"]?.bool == true else { return nil }
        let minimum = node["min_replicas"]?.integer ?? max(replicas, 1)
        return ScalingRange(minimum: minimum, maximum: node["max_replicas"]?.integer ?? max(minimum, replicas))
    }
}
