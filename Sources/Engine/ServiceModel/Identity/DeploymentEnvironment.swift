/// The stage that a deployment serves; each has a layer of configuration.
public enum DeploymentEnvironment: String, Sendable, Hashable, CaseIterable {
    case development
    case staging
    case production

    /// What is meant when nobody says: rehearsals run on one machine, everything else is for real.
    public static func standard(for provider: ProviderKind) -> Self {
        provider == .local ? .development : .production
    }
}
