public import ServiceModel

/// What a deployment, a scaling, a rollback or a destroy came to.
public struct DeploymentResult: Sendable {
    public let service: ServiceIdentity
    /// The release that runs now; after a destroy, the last one that did.
    public let revision: Int
    /// False when everything was as desired already.
    public let changed: Bool
    /// What `scale` set and the release keeps.
    public let scaleOverride: ScaleOverride?
    /// Where the service answers; nil when it has no endpoint or is gone.
    public let endpoint: String?
    /// Where its metrics can be seen.
    public let monitoringURL: String?
    /// What a destroy kept (volumes, data folders), in words.
    public let leftovers: [String]

    init(_ service: ServiceIdentity, revision: Int, changed: Bool, scaleOverride: ScaleOverride?, _ applied: Applied) {
        self.service = service
        self.revision = revision
        self.changed = changed
        self.scaleOverride = scaleOverride
        endpoint = applied.endpoint
        monitoringURL = applied.monitoringURL
        leftovers = applied.leftovers
    }
}
