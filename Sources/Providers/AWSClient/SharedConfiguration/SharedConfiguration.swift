package import Diagnostics

/// The shared config and credentials files of the AWS CLI and the SDKs, as botocore reads them
/// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
///
/// A profile is `[default]` or `[profile NAME]` in the config file and `[NAME]` in the credentials file; what the
/// latter has stands over what the former has.
package struct SharedConfiguration: Sendable {
    /// Both files together, by the profiles' names.
    package let profiles: [String: INISection]
    /// `[sso-session NAME]` of the config file.
    package let ssoSessions: [String: INISection]
    /// `[services NAME]` of the config file.
    package let services: [String: INISection]
    /// The profiles of the config file alone.
    let configProfiles: [String: INISection]
    let configFile: SharedFile
    let credentialsFile: SharedFile

    /// Reads the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name, else `~/.aws/config` and
    /// `~/.aws/credentials`. A file that does not exist is empty.
    ///
    /// - Throws: ``Diagnostic`` at the first line that is wrong, with code `aws.shared-config`.
    package init(environment: [String: String]) throws(Diagnostic) {
        configFile = try SharedFile(
            environment["AWS_CONFIG_FILE"] ?? "~/.aws/config", environment: environment)
        credentialsFile = try SharedFile(
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials", environment: environment)
        var profiles: [String: INISection] = [:]
        var ssoSessions: [String: INISection] = [:]
        var services: [String: INISection] = [:]
        for section in configFile.sections ?? [] {
            if section.title == "default" {
                profiles["default"] = section
            } else if section.title.hasPrefix("profile") {
                if let name = Self.name(in: section.title) { profiles[name] = section }
            } else if section.title.hasPrefix("sso-session") {
                if let name = Self.name(in: section.title) { ssoSessions[name] = section }
            } else if section.title.hasPrefix("services") {
                if let name = Self.name(in: section.title) { services[name] = section }
            }
        }
        configProfiles = profiles
        for section in credentialsFile.sections ?? [] {
            profiles[section.title] = profiles[section.title]?.overlaid(with: section) ?? section
        }
        self.profiles = profiles
        self.ssoSessions = ssoSessions
        self.services = services
    }

    /// The second of exactly two words: `dev` of `profile dev` and of `profile "dev"`.
    private static func name(in title: String) -> String? {
        guard let words = ShellWords.split(title), words.count == 2 else { return nil }
        return words[1]
    }
}
