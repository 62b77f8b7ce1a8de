import Documents
package import ServiceModel

extension Release {
    /// The release that a specification and its rendered objects make.
    package init(_ spec: DeploymentSpec, resources: [Resource], reason: String = "deploy") {
        self.init(
            service: spec.service, dataType: spec.dataType, provider: spec.provider, environment: spec.environment,
            version: spec.version, reason: reason,
            historyLimit: spec.settings.value("deployment", "history_limit")?.integer ?? Release.standardHistoryLimit,
            resources: resources)
        place = CloudPlace(spec.provider, settings: spec.settings)
        cluster = spec.settings.value("deployment", "cluster_uid").flatMap { node in
            node.string.map { ClusterPin(uid: $0, location: node.location) }
        }
    }
}
