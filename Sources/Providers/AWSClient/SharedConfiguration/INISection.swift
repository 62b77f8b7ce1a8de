package import Diagnostics

/// One setting of a section, and where its name stands.
struct INISetting: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        case text(String)
        /// Indented settings below one without a value, as `s3 =` has.
        case nested([String: INISetting])
    }

    let content: Content
    let location: SourceLocation
}

/// A section of a shared file: a profile, an SSO session, a set of services.
///
/// Values can be secret: it prints as its title.
package struct INISection: Sendable, Hashable {
    /// What stands between the brackets: `profile dev`.
    package let title: String
    package let location: SourceLocation
    var settings: [String: INISetting]

    init(title: String, at location: SourceLocation, settings: [String: INISetting] = [:]) {
        self.title = title
        self.location = location
        self.settings = settings
    }

    /// Whether it has the setting, be it empty.
    func has(_ key: String) -> Bool { settings[key] != nil }

    /// Where the setting stands, and where the section begins when it has none.
    package func location(of key: String) -> SourceLocation { settings[key]?.location ?? location }

    /// The setting's text, be it empty; nil where there is none.
    ///
    /// - Throws: ``Diagnostic`` at the setting when it has settings of its own.
    package func text(_ key: String) throws(Diagnostic) -> String? {
        guard let setting = settings[key] else { return nil }
        guard case .text(let text) = setting.content else {
            throw Diagnostic(
                .error, .awsSharedConfig, "`\(key)` of [\(title)] has settings below it where a value is expected",
                at: setting.location, fix: "write `\(key) = VALUE` on one line")
        }
        return text
    }

    /// A setting below another: `endpoint_url` of `s3 =`. Nil where either is missing.
    ///
    /// - Throws: ``Diagnostic`` at the upper one when it has a value instead.
    package func text(_ key: String, below parent: String) throws(Diagnostic) -> String? {
        guard let setting = settings[parent] else { return nil }
        guard case .nested(let nested) = setting.content else {
            throw Diagnostic(
                .error, .awsSharedConfig, "`\(parent)` of [\(title)] has a value where settings are expected",
                at: setting.location, fix: "write `\(parent) =` and, indented below it, `\(key) = VALUE`")
        }
        guard case .text(let text) = nested[key]?.content else { return nil }
        return text
    }

    /// The same section with the settings of `other` over its own.
    func overlaid(with other: INISection) -> INISection {
        INISection(
            title: title, at: location, settings: settings.merging(other.settings) { _, other in other })
    }
}

extension INISection: CustomStringConvertible, CustomReflectable {
    package var description: String { "[\(title)]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
