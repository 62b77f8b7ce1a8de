import Diagnostics

/// The settings of a profile that assumes a role.
struct RoleProfile: Sendable {
    enum Source: Sendable {
        case profile(String)
        /// `Environment`, `EcsContainer` or `Ec2InstanceMetadata`.
        case place(String)
    }

    let profile: String
    let roleARN: String
    let location: SourceLocation
    let source: Source
    let sessionName: String?
    let externalID: String?
    /// Seconds. What is no whole number is passed over, as the AWS CLI does.
    let duration: Int?
    let mfaSerial: String?

    /// - Throws: ``Diagnostic`` at the setting that is wrong, or that another one is missing for.
    init(_ section: INISection, profile: String) throws(Diagnostic) {
        self.profile = profile
        location = section.location(of: "role_arn")
        roleARN = try section.text("role_arn") ?? ""
        guard !roleARN.isEmpty else {
            throw Diagnostic(
                .error, .awsProfile, "`role_arn` of the profile \(profile) is empty", at: location,
                fix: "write the role's ARN, arn:aws:iam::123456789012:role/NAME, or remove the setting")
        }
        switch (try section.text("source_profile"), try section.text("credential_source")) {
        case (let name?, nil): source = .profile(name)
        case (nil, let place?): source = .place(place)
        case (nil, nil):
            throw Diagnostic(
                .error, .awsProfile, "the profile \(profile) has a role and nothing to assume it with", at: location,
                fix: "add `source_profile = PROFILE`, or `credential_source = ` with "
                    + "Environment, EcsContainer or Ec2InstanceMetadata")
        case (_?, _?):
            throw Diagnostic(
                .error, .awsProfile, "the profile \(profile) has both source_profile and credential_source",
                at: section.location(of: "credential_source"), fix: "remove one of them",
                notes: [.init("the other", at: section.location(of: "source_profile"))])
        }
        sessionName = try section.text("role_session_name")
        externalID = try section.text("external_id")
        duration = try section.text("duration_seconds").flatMap { Int($0) }
        mfaSerial = try section.text("mfa_serial")
    }
}
