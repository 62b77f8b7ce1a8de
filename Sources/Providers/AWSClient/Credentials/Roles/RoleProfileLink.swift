import Diagnostics

/// A profile with a role that is assumed with the credentials of another profile, of the environment, of the container
/// or of the instance (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html).
///
/// Source of the rules: `AssumeRoleProvider` in botocore's `credentials.py`.
struct RoleProfileLink: CredentialLink {
    let name = "role of the profile"
    let profile: String
    let order: CredentialOrder

    private var profiles: [String: INISection] { order.settings.configuration.profiles }

    func find() async throws -> CredentialFinding {
        guard let section = profiles[profile], section.hasRoleWithSource else {
            return .passedOver("the profile \(profile) has no role_arn with a source")
        }
        return .found(try await issuer(section, profile: profile, visited: [profile]))
    }

    /// - Parameter visited: the profiles on the way here, this one included.
    private func issuer(
        _ section: INISection, profile: String, visited: [String]
    ) async throws -> any CredentialIssuer {
        let role = try RoleProfile(section, profile: profile)
        let source: CachedCredentials
        switch role.source {
        case .place(let name): source = try await self.source(named: name, role, section)
        case .profile(let name): source = try await self.source(profile: name, role, section, visited: visited)
        }
        return AssumedRole(role: role, source: source, context: order.context)
    }

    private func source(
        named name: String, _ role: RoleProfile, _ section: INISection
    ) async throws -> CachedCredentials {
        let location = section.location(of: "credential_source")
        guard let link = order.source(named: name) else {
            throw Diagnostic(
                .error, .awsProfile, "`credential_source` of the profile \(role.profile) is not known: `\(name)`",
                at: location, fix: "write Environment, EcsContainer or Ec2InstanceMetadata")
        }
        switch try await link.find() {
        case .found(let issuer, let first): return order.context.cached(issuer, first: first)
        case .passedOver(let reason):
            throw Diagnostic(
                .error, .awsRole, "\(name) has no credentials for the role of the profile \(role.profile)",
                at: location, why: "\(link.name): \(reason)",
                fix: "run it where they are, or write another `credential_source`")
        }
    }

    private func source(
        profile name: String, _ role: RoleProfile, _ section: INISection, visited: [String]
    ) async throws -> CachedCredentials {
        let location = section.location(of: "source_profile")
        guard let source = profiles[name] else {
            let nearest = NearestName.find(name, among: profiles.keys.sorted())
            throw Diagnostic(
                .error, .awsProfile, "`source_profile` of the profile \(role.profile) does not exist: `\(name)`",
                at: location, fix: nearest.map { "did you mean \($0)?" } ?? "write [profile \(name)]")
        }
        // A profile may be the source of its own role: then it is its keys that count.
        if visited.contains(name), name != role.profile || !source.hasKeys {
            throw Diagnostic(
                .error, .awsProfile,
                "the profiles are each other's source: "
                    + (visited + [name]).joined(separator: " -> "),
                at: location, fix: "end the chain in a profile with keys, SSO or another source of its own")
        }
        if source.hasRoleWithSource, !source.hasKeys {
            return order.context.cached(try await issuer(source, profile: name, visited: visited + [name]))
        }
        var tried: [String] = []
        for link in order.profileLinks(name, usesEnvironment: false) {
            switch try await link.find() {
            case .found(let issuer, let first): return order.context.cached(issuer, first: first)
            case .passedOver(let reason): tried.append("\(link.name): \(reason)")
            }
        }
        throw Diagnostic(
            .error, .awsProfile, "`source_profile` of the profile \(role.profile) has no credentials: `\(name)`",
            at: location, why: tried.joined(separator: "\n"),
            fix: "give the profile \(name) keys, SSO or a source of its own",
            notes: [.init("the profile \(name)", at: source.location)])
    }
}

extension INISection {
    /// A role for a web identity is another kind.
    fileprivate var hasRoleWithSource: Bool { has("role_arn") && !has("web_identity_token_file") }
    fileprivate var hasKeys: Bool { has("aws_access_key_id") || has("aws_secret_access_key") }
}
