import Diagnostics

/// The settings of a profile that logs in through IAM Identity Center
/// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html): with `sso_session`, or all in itself as
/// older profiles have it.
///
/// Source of the rules: `SSOProvider` in botocore's `credentials.py`.
struct SSOProfile: Sendable {
    let profile: String
    let startURL: String
    let region: String
    let account: String
    let role: String
    /// Nil for a profile of the older kind, whose token cannot be renewed.
    let session: String?
    let location: SourceLocation

    /// Nil when the profile has neither account nor role.
    ///
    /// - Throws: ``Diagnostic`` at what is missing or contradictory.
    init?(_ section: INISection, profile: String, sessions: [String: INISection]) throws(Diagnostic) {
        guard section.has("sso_account_id") || section.has("sso_role_name") else { return nil }
        session = try section.text("sso_session")
        var settings = section
        if let name = session {
            guard let session = sessions[name] else {
                let nearest = NearestName.find(name, among: sessions.keys.sorted())
                throw Diagnostic(
                    .error, .awsProfile, "`sso_session` of the profile \(profile) does not exist: `\(name)`",
                    at: section.location(of: "sso_session"),
                    fix: nearest.map { "did you mean \($0)?" }
                        ?? "write a section [sso-session \(name)], or run `aws configure sso --profile \(profile)`")
            }
            settings = try Self.joined(section, session, profile: profile)
        }
        func value(_ key: String, in holder: INISection) throws(Diagnostic) -> String {
            if let text = try holder.text(key), !text.isEmpty { return text }
            throw Diagnostic(
                .error, .awsProfile, "[\(holder.title)] has no `\(key)`, which SSO needs",
                at: holder.location(of: key),
                fix: "add `\(key) = …`, or run `aws configure sso --profile \(profile)`")
        }
        self.profile = profile
        account = try value("sso_account_id", in: settings)
        role = try value("sso_role_name", in: settings)
        // A session's token is got with what its own section has.
        let holder = session.flatMap { sessions[$0] } ?? settings
        startURL = try value("sso_start_url", in: holder)
        region = try value("sso_region", in: holder)
        location = section.location(of: session == nil ? "sso_start_url" : "sso_session")
    }

    /// The profile with what its session has; the same setting in both must be the same.
    private static func joined(
        _ section: INISection, _ session: INISection, profile: String
    ) throws(Diagnostic) -> INISection {
        for key in session.settings.keys.sorted() {
            guard let own = section.settings[key], own.content != session.settings[key]?.content else { continue }
            throw Diagnostic(
                .error, .awsProfile, "`\(key)` of the profile \(profile) is not that of its SSO session",
                at: own.location, fix: "remove it from the profile",
                notes: [.init("the session's", at: session.location(of: key))])
        }
        return section.overlaid(with: session)
    }
}
