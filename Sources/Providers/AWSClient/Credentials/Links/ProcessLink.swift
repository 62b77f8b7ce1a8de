import Diagnostics

/// A program that a profile names to get credentials from
/// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html).
struct ProcessLink: CredentialLink {
    let name = "credential_process"
    let profile: String
    let section: INISection?
    let context: CredentialContext

    func find() async throws -> CredentialFinding {
        guard let section, let command = try section.text("credential_process") else {
            return .passedOver("the profile \(profile) has no credential_process")
        }
        let process = try CredentialProcess(
            command, profile: profile, location: section.location(of: "credential_process"), context: context)
        return .found(process, first: try await process.issue())
    }
}
