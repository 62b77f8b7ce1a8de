package import Diagnostics

/// Which profile of the shared files is used, and what it holds.
package struct ProfileChoice: Sendable {
    package let name: String
    /// Whether the caller named it. Keys in environment variables stand behind such a profile, and before one that
    /// `AWS_PROFILE` names.
    package let isExplicit: Bool
    /// The profile's settings; without any where nothing names a profile and there is no `[default]`.
    package let section: INISection

    /// Takes `explicit`, else what `AWS_DEFAULT_PROFILE` or `AWS_PROFILE` name, in botocore's order, else `default`.
    ///
    /// - Throws: ``Diagnostic`` with code `aws.profile` when a profile that is named does not exist.
    package init(
        explicit: String?, environment: [String: String], configuration: SharedConfiguration
    ) throws(Diagnostic) {
        let variable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"].first { environment[$0]?.isEmpty == false }
        let named = explicit ?? variable.flatMap { environment[$0] }
        name = named ?? "default"
        isExplicit = explicit != nil
        if let section = configuration.profiles[name] {
            self.section = section
            return
        }
        let file = SourceLocation(file: SourceFile(configuration.configFile.path))
        guard let named else {
            section = INISection(title: "default", at: file)
            return
        }
        let known = configuration.profiles.keys.sorted()
        var reasons = explicit == nil ? variable.map { ["\($0) names it"] } ?? [] : []
        if known.isEmpty {
            let files = [configuration.configFile, configuration.credentialsFile]
            reasons += files.map { $0.sections == nil ? $0.absence : "\($0.path) has no profile" }
        }
        let advice =
            if known.isEmpty {
                "run `aws configure --profile \(named)`, or write [profile \(named)] in \(configuration.configFile.path)"
            } else if let nearest = NearestName.find(named, among: known) {
                "did you mean \(nearest)?"
            } else {
                "choose one of \(known.joined(separator: ", ")), or write [profile \(named)]"
            }
        throw Diagnostic(
            .error, .awsProfile, "the AWS profile \(named) does not exist", at: file,
            why: reasons.isEmpty ? nil : reasons.joined(separator: "; "), fix: advice)
    }
}
