/// The places of the chain in their order.
///
/// Source: `create_credential_resolver` and `ProfileProviderBuilder` in botocore's `credentials.py`.
struct CredentialOrder: Sendable {
    let context: CredentialContext
    let settings: ProfileSettings

    init(_ context: CredentialContext, _ settings: ProfileSettings) {
        self.context = context
        self.settings = settings
    }

    func links() -> [any CredentialLink] {
        let isExplicit = settings.profile.isExplicit
        var links: [any CredentialLink] = isExplicit ? [] : [environment]
        links.append(RoleProfileLink(profile: settings.profile.name, order: self))
        links += profileLinks(settings.profile.name, usesEnvironment: !isExplicit)
        links += [EC2KeyFile(context: context), BotoFile(context: context), container, instance]
        return links
    }

    /// The places that a profile configures, but for a role with a source. Also where the source of a role is looked
    /// for; then the environment has no say.
    func profileLinks(_ profile: String, usesEnvironment: Bool) -> [any CredentialLink] {
        let section = settings.configuration.profiles[profile]
        return [
            WebIdentityLink(
                profile: profile, section: section, context: context, usesEnvironment: usesEnvironment),
            SSOLink(profile: profile, section: section, configuration: settings.configuration, context: context),
            SharedKeys(
                name: "shared credentials file", profile: profile, file: settings.configuration.credentialsFile,
                section: settings.configuration.credentialsFile.section(profile)),
            LoginLink(profile: profile, section: section, context: context),
            ProcessLink(profile: profile, section: section, context: context),
            SharedKeys(
                name: "shared config file", profile: profile, file: settings.configuration.configFile,
                section: settings.configuration.configProfiles[profile]),
        ]
    }

    /// What `credential_source` of a role can name.
    func source(named name: String) -> (any CredentialLink)? {
        switch name {
        case "Environment": environment
        case "EcsContainer": container
        case "Ec2InstanceMetadata": instance
        default: nil
        }
    }

    private var environment: any CredentialLink { EnvironmentKeys(context: context) }
    private var container: any CredentialLink { ContainerLink(context: context) }
    private var instance: any CredentialLink { InstanceLink(context: context, settings: settings) }
}
