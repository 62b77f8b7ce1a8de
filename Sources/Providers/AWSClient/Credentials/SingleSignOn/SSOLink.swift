import Diagnostics

/// A profile that logs in through IAM Identity Center.
struct SSOLink: CredentialLink {
    let name = "SSO"
    let profile: String
    let section: INISection?
    let configuration: SharedConfiguration
    let context: CredentialContext

    func find() throws(Diagnostic) -> CredentialFinding {
        guard let section,
            let sso = try SSOProfile(section, profile: profile, sessions: configuration.ssoSessions)
        else { return .passedOver("the profile \(profile) has no sso_account_id and sso_role_name") }
        return .found(SSORole(profile: sso, token: SSOToken(profile: sso, context: context), context: context))
    }
}

/// The credentials of a role that IAM Identity Center gives to whoever is logged in.
struct SSORole: CredentialIssuer {
    let profile: SSOProfile
    let token: SSOToken
    let context: CredentialContext

    func issue() async throws -> AWSCredentials {
        let accessToken = try await token.accessToken()
        do {
            return try await context.tokens.roleCredentials(
                account: profile.account, role: profile.role, accessToken: accessToken, region: profile.region
            ).credentials(source: "profile \"\(profile.profile)\": SSO role \(profile.role) of \(profile.account)")
        } catch let refusal as AWSError where refusal.code == "UnauthorizedException" {
            throw token.problem("the SSO login of the profile \(profile.profile) is not valid", why: refusal.message)
        } catch let refusal as AWSError {
            throw Diagnostic(
                .error, .awsSSO, "SSO gives no credentials for the role \(profile.role) in \(profile.account)",
                at: profile.location, why: "\(refusal.code): \(refusal.message)",
                fix: "check sso_account_id and sso_role_name, and that the role is assigned to you")
        }
    }
}
