package import Diagnostics

/// Settings that an environment variable or else the profile gives, such as `region`.
package struct ProfileSettings: Sendable {
    package let environment: [String: String]
    package let configuration: SharedConfiguration
    package let profile: ProfileChoice

    /// - Parameter explicitProfile: named by the caller; nil for the one of the environment, else `default`.
    /// - Throws: ``Diagnostic`` when a file cannot be read or the profile that is named does not exist.
    package init(explicitProfile: String? = nil, environment: [String: String]) throws(Diagnostic) {
        self.environment = environment
        configuration = try SharedConfiguration(environment: environment)
        profile = try ProfileChoice(
            explicit: explicitProfile, environment: environment, configuration: configuration)
    }

    /// The variable's value, else the profile's text of `key`. A variable that is empty counts as not set.
    package func text(_ key: String, variable: String? = nil) throws(Diagnostic) -> String? {
        if let value = variable.flatMap({ environment[$0] }), !value.isEmpty { return value }
        return try profile.section.text(key)
    }

    /// Whether the variable, else the setting, is `true` in any case of letters; false where neither is set.
    ///
    /// botocore takes whatever else is written for `false`, and nobody learns of a slip: here it is an error.
    /// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
    ///
    /// - Throws: ``Diagnostic`` at what is neither `true` nor `false`.
    package func flag(_ key: String, variable: String) throws(Diagnostic) -> Bool {
        guard let text = try text(key, variable: variable) else { return false }
        switch text.lowercased() {
        case "true": return true
        case "false", "": return false
        default:
            throw meaningless(text, key, variable, fix: "write true or false")
        }
    }

    /// - Throws: ``Diagnostic`` at what is no whole number from 1.
    func count(_ key: String, variable: String) throws(Diagnostic) -> Int? {
        guard let text = try text(key, variable: variable) else { return nil }
        guard let number = Int(text), number > 0 else {
            throw meaningless(text, key, variable, fix: "write a whole number from 1")
        }
        return number
    }

    /// - Throws: ``Diagnostic`` at what is none of `choices`, in any case of letters.
    func choice(_ key: String, variable: String, of choices: [String]) throws(Diagnostic) -> String? {
        guard let text = try text(key, variable: variable) else { return nil }
        let choice = text.lowercased()
        guard choices.contains(choice) else {
            throw meaningless(text, key, variable, fix: "write one of \(choices.joined(separator: ", "))")
        }
        return choice
    }

    private func meaningless(_ text: String, _ key: String, _ variable: String, fix: String) -> Diagnostic {
        Diagnostic(
            .error, .awsSetting, "`\(key)` (\(variable)) cannot be `\(text)`",
            at: location(of: key, variable: variable),
            fix: fix)
    }

    /// Where a setting stands: the variable's name, or file and line.
    package func location(of key: String, variable: String? = nil) -> SourceLocation {
        if let variable, environment[variable]?.isEmpty == false { return SourceLocation(file: SourceFile(variable)) }
        return profile.section.location(of: key)
    }

    /// The endpoint that the profile sets for a service, in its `services` section or for all services.
    ///
    /// - Parameter service: the service's identifier in lower case with underscores: `s3`, `secrets_manager`.
    /// - Throws: ``Diagnostic`` when the profile names a `services` section that does not exist.
    package func endpointURL(service: String) throws(Diagnostic) -> (url: String, location: SourceLocation)? {
        let profile = profile.section
        if let name = try profile.text("services") {
            guard let section = configuration.services[name] else {
                let nearest = NearestName.find(name, among: configuration.services.keys)
                throw Diagnostic(
                    .error, .awsProfile, "[\(profile.title)] uses the services \(name), which do not exist",
                    at: profile.location(of: "services"),
                    fix: nearest.map { "did you mean \($0)?" } ?? "write a section [services \(name)]")
            }
            if let url = try section.text("endpoint_url", below: service), !url.isEmpty {
                return (url, section.location(of: service))
            }
        }
        guard let url = try profile.text("endpoint_url"), !url.isEmpty else { return nil }
        return (url, profile.location(of: "endpoint_url"))
    }
}
