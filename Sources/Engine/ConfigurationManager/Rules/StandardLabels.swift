package import Documents
package import ServiceModel

/// The labels that the tool itself sets on every object of a service: Kubernetes' recommended ones, and its own.
///
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
package enum StandardLabels {
    /// Before the keys of the tool's own labels.
    static let ownPrefix = "synthdata.io/"

    /// What tells the service's pods from all others; never changes, since Kubernetes does not let it.
    package static func selector(_ service: ServiceName) -> Mapping {
        Mapping(uniqueEntries: [
            .init("app.kubernetes.io/name", "synthdata-service"),
            .init("app.kubernetes.io/instance", .string(service.value)),
        ])
    }

    /// All of them.
    ///
    /// - Parameter version: the service's version, at the place that sets it.
    package static func labels(
        _ service: ServiceName, _ type: DataType, _ environment: DeploymentEnvironment, version: Node
    ) -> Mapping {
        var labels = selector(service)
        labels["app.kubernetes.io/version"] = .string(labelText(version.string ?? ""), at: version.location)
        labels["app.kubernetes.io/component"] = .string(type.rawValue.replacing("_", with: "-"))
        labels["app.kubernetes.io/part-of"] = "synthdata"
        labels["app.kubernetes.io/managed-by"] = "synthdata-infra"
        labels["synthdata.io/data-type"] = .string(type.rawValue)
        labels["synthdata.io/environment"] = .string(environment.rawValue)
        return labels
    }

    /// A version as far as a label can hold it: 63 characters that end in a letter or digit, where an
    /// image's tag has up to 128 and may begin with `_`.
    private static func labelText(_ version: String) -> String {
        var text = version.drop { !$0.isLetter && !$0.isNumber }.prefix(63)
        while let last = text.last, !last.isLetter, !last.isNumber { text.removeLast() }
        return String(text)
    }
}
